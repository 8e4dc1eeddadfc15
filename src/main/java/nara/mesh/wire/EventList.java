package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.List;
import nara.event.Event;
import nara.event.json.JsonWriter;
import nara.event.json.RawEvents;
import nara.identity.Hashing;

/** Lists of events in bodies: their signed hash, and bodies made of the bytes of stored events. */
public final class EventList {
  private static final byte[] OPEN = {'['};
  private static final byte[] COMMA = {','};
  private static final byte[] CLOSE = {']'};

  private EventList() {}

  /**
   * The signed hash of a list: SHA-256 over a prefix and the id that each event claims.
   *
   * @param prefix the sender and the time, as the wire contract writes them for this kind of list
   */
  public static byte[] signedHash(String prefix, RawEvents events) {
    MessageDigest hash = Hashing.newSha256();
    hash.update(prefix.getBytes(UTF_8));
    events.hashIds(hash);
    return hash.digest();
  }

  /** The same for events with one array each. */
  public static byte[] signedHash(String prefix, byte[][] events) {
    MessageDigest hash = Hashing.newSha256();
    hash.update(prefix.getBytes(UTF_8));
    for (byte[] json : events) {
      RawEvents.hashId(hash, json);
    }
    return hash.digest();
  }

  /**
   * The bytes of each event. They are spread all over the memory. Looking only at their lengths
   * first lets the processor fetch many of them at once; copying or hashing one by one would wait
   * for each.
   */
  static byte[][] collectJson(List<Event> events) {
    byte[][] jsons = events.stream().map(Event::json).toArray(byte[][]::new);
    int size = 0;
    for (byte[] json : jsons) {
      size = Math.addExact(size, json.length);
    }
    return jsons;
  }

  /**
   * A body: the head, the events as a JSON list, the tail.
   *
   * @param emptyList the list when it is empty: the reference writes {@code null} or {@code []}
   */
  static Body assemble(JsonWriter head, byte[][] events, String emptyList, JsonWriter tail) {
    Body.Writer out = new Body.Writer();
    out.write(head.toBytes());
    for (int i = 0; i < events.length; i++) {
      out.write(i == 0 ? OPEN : COMMA);
      out.write(events[i]);
    }
    out.write(events.length == 0 ? emptyList.getBytes(UTF_8) : CLOSE);
    out.write(tail.endLine());
    return out.finish();
  }
}
