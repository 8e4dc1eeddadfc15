package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.event.Event;
import nara.event.GoJson;
import nara.identity.PublicKey;

/** The answer of {@code GET /peer/query} by one who knows: hearsay, and not signed. */
record PeerQueryAnswer(String target, PublicKey key, String meshIp) {
  /** The header with the name of who may know more. */
  static final String REDIRECT = "X-Nara-Redirect-To";

  /** Reads a body; the trouble is that it is not such an answer, or about somebody else. */
  static PeerQueryAnswer read(byte[] json, String target) throws MeshTrouble {
    JsonFields fields = JsonFields.of(json);
    if (!fields.text("target").equals(target)) {
      throw new MeshTrouble(
          MeshFailure.MALFORMED, "asked about " + Event.excerpt(target) + ", told about another");
    }
    PublicKey key =
        PublicKey.parse(fields.text("public_key"))
            .orElseThrow(
                () ->
                    new MeshTrouble(
                        MeshFailure.MALFORMED, "no public key of " + Event.excerpt(target)));
    return new PeerQueryAnswer(target, key, fields.text("mesh_ip"));
  }

  /** Writes an answer of ours. */
  byte[] write() {
    StringBuilder out = new StringBuilder("{\"target\":");
    GoJson.text(out, target);
    out.append(",\"public_key\":\"").append(key.encoded()).append('"');
    if (!meshIp.isEmpty()) {
      out.append(",\"mesh_ip\":");
      GoJson.text(out, meshIp);
    }
    return out.append("}\n").toString().getBytes(UTF_8);
  }
}
