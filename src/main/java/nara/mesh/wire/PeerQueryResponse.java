package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.bounds.SafeText;
import nara.event.json.GoJson;
import nara.identity.PublicKey;

/** The answer of {@code GET /peer/query} by one who knows: hearsay, and not signed. */
public record PeerQueryResponse(String target, PublicKey key, String meshIp) {
  /** The header with the name of who may know more. */
  public static final String REDIRECT = "X-Nara-Redirect-To";

  /** Reads a body; the trouble is that it is not such an answer, or about somebody else. */
  public static PeerQueryResponse read(byte[] json, String target) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    if (!fields.string("target").equals(target)) {
      throw new MeshException(
          MeshFailure.MALFORMED,
          "asked about " + SafeText.excerpt(target) + ", told about another");
    }
    PublicKey key =
        PublicKey.parse(fields.string("public_key"))
            .orElseThrow(
                () ->
                    new MeshException(
                        MeshFailure.MALFORMED, "no public key of " + SafeText.excerpt(target)));
    return new PeerQueryResponse(target, key, fields.string("mesh_ip"));
  }

  /** Writes an answer of ours. */
  public byte[] write() {
    StringBuilder out = new StringBuilder("{\"target\":");
    GoJson.appendString(out, target);
    out.append(",\"public_key\":\"").append(key.encoded()).append('"');
    if (!meshIp.isEmpty()) {
      out.append(",\"mesh_ip\":");
      GoJson.appendString(out, meshIp);
    }
    return out.append("}\n").toString().getBytes(UTF_8);
  }
}
