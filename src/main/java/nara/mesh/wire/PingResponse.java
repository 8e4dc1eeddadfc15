package nara.mesh.wire;

import java.time.Instant;
import nara.event.Event;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.identity.Identity;
import nara.identity.PublicKey;

/**
 * The response of {@code GET /ping}: the responding nara and its key. It isn't signed, since it is
 * the first thing that one nara learns of another.
 *
 * @param nanos its time, Unix nanoseconds; 0 when it does not tell
 */
public record PingResponse(String from, PublicKey key, String meshIp, long nanos) {
  private static final JsonFields FIELDS =
      MeshJson.fields().texts("from", "mesh_ip", "public_key").reals("t");

  /** Reads a body. */
  public static PingResponse read(byte[] json) throws MeshException {
    JsonRecord ping = MeshJson.read(FIELDS, json);
    String from = ping.text("from");
    if (from.isEmpty()) {
      throw new MeshException(MeshFailure.MALFORMED, "the response to a ping has no name");
    }
    return new PingResponse(
        from, MeshJson.publicKey(ping, from), ping.text("mesh_ip"), (long) ping.real("t"));
  }

  /** Writes the response of this node, with the fields in the reference's order. */
  public static byte[] write(Identity me, String meshIp, Instant now) {
    return JsonWriter.begin()
        .text("from", me.name())
        .text("mesh_ip", meshIp)
        .text("public_key", me.keys().publicKey().encoded())
        .number("t", Event.unixNanos(now))
        .endLine();
  }
}
