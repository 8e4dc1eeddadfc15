package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import nara.event.Event;
import nara.event.GoJson;
import nara.identity.Identity;
import nara.identity.PublicKey;

/**
 * The answer of {@code GET /ping}: who is there, and with which key. Not signed; it is the first
 * thing that one nara learns of another.
 */
record PingAnswer(String from, PublicKey key, String meshIp) {

  /** Reads a body; the trouble is that it is not such an answer. */
  static PingAnswer read(byte[] json) throws MeshTrouble {
    JsonFields fields = JsonFields.of(json);
    String from = fields.text("from");
    if (from.isEmpty()) {
      throw new MeshTrouble(MeshFailure.MALFORMED, "the answer to a ping names nobody");
    }
    PublicKey key =
        PublicKey.parse(fields.text("public_key"))
            .orElseThrow(
                () ->
                    new MeshTrouble(
                        MeshFailure.MALFORMED,
                        "the answer to a ping from " + Event.excerpt(from) + " has no public key"));
    return new PingAnswer(from, key, fields.text("mesh_ip"));
  }

  /** Writes our answer, fields in the reference's order. */
  static byte[] write(Identity me, String meshIp, Instant now) {
    StringBuilder out = new StringBuilder("{\"from\":");
    GoJson.text(out, me.name());
    out.append(",\"mesh_ip\":");
    GoJson.text(out, meshIp);
    out.append(",\"public_key\":\"").append(me.keys().publicKey().encoded()).append("\",\"t\":");
    return out.append(Event.nanos(now)).append("}\n").toString().getBytes(UTF_8);
  }
}
