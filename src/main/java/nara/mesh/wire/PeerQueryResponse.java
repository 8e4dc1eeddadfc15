package nara.mesh.wire;

import nara.bounds.SafeText;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.identity.PublicKey;

/** The response of {@code GET /peer/query}: another nara's key, unsigned and unproven. */
public record PeerQueryResponse(String target, PublicKey key, String meshIp) {
  /** The header with the name of a nara that may know more. */
  public static final String REDIRECT = "X-Nara-Redirect-To";

  private static final JsonFields FIELDS =
      MeshJson.fields().texts("target", "public_key", "mesh_ip");

  /** Reads a body, which must be about the target. */
  public static PeerQueryResponse read(byte[] json, String target) throws MeshException {
    JsonRecord response = MeshJson.read(FIELDS, json);
    if (!response.text("target").equals(target)) {
      throw new MeshException(
          MeshFailure.MALFORMED,
          "the response to a query about " + SafeText.excerpt(target) + " is about another nara");
    }
    return new PeerQueryResponse(
        target, MeshJson.publicKey(response, target), response.text("mesh_ip"));
  }

  public byte[] write() {
    return JsonWriter.begin()
        .text("target", target)
        .text("public_key", key.encoded())
        .optional("mesh_ip", meshIp)
        .endLine();
  }
}
