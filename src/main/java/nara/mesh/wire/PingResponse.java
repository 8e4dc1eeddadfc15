package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import nara.bounds.SafeText;
import nara.event.Event;
import nara.event.json.GoJson;
import nara.identity.Identity;
import nara.identity.PublicKey;

/**
 * The answer of {@code GET /ping}: who is there, and with which key. Not signed; it is the first
 * thing that one nara learns of another.
 */
public record PingResponse(String from, PublicKey key, String meshIp) {

  /** Reads a body; the trouble is that it is not such an answer. */
  public static PingResponse read(byte[] json) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    String from = fields.string("from");
    if (from.isEmpty()) {
      throw new MeshException(MeshFailure.MALFORMED, "the answer to a ping names nobody");
    }
    PublicKey key =
        PublicKey.parse(fields.string("public_key"))
            .orElseThrow(
                () ->
                    new MeshException(
                        MeshFailure.MALFORMED,
                        "the answer to a ping from "
                            + SafeText.excerpt(from)
                            + " has no public key"));
    return new PingResponse(from, key, fields.string("mesh_ip"));
  }

  /** Writes our answer, fields in the reference's order. */
  public static byte[] write(Identity me, String meshIp, Instant now) {
    StringBuilder out = new StringBuilder("{\"from\":");
    GoJson.appendString(out, me.name());
    out.append(",\"mesh_ip\":");
    GoJson.appendString(out, meshIp);
    out.append(",\"public_key\":\"").append(me.keys().publicKey().encoded()).append("\",\"t\":");
    return out.append(Event.unixNanos(now)).append("}\n").toString().getBytes(UTF_8);
  }
}
