package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.event.Event;

/** Puts stored events into a body: their bytes are copied once and never encoded anew. */
final class EventList {
  private EventList() {}

  /**
   * Head, events as a JSON list, tail.
   *
   * @param none what stands for a list without events: the reference writes {@code null} or {@code
   *     []}
   */
  static Body join(CharSequence head, List<Event> events, String none, CharSequence tail) {
    return join(head, gather(events), none, tail);
  }

  /**
   * The bytes of each event. They lie all over the memory: looking at nothing but where and how
   * long they are lets many of them be fetched at once, where copying or hashing them one by one
   * would wait for each.
   */
  static byte[][] gather(List<Event> events) {
    byte[][] jsons = new byte[events.size()][];
    for (int i = 0; i < jsons.length; i++) {
      jsons[i] = events.get(i).json();
    }
    int size = 0;
    for (byte[] json : jsons) {
      size = Math.addExact(size, json.length);
    }
    return jsons;
  }

  /** The same of events that are gathered already. */
  static Body join(CharSequence head, byte[][] events, String none, CharSequence tail) {
    Body.Writer out = new Body.Writer();
    out.write(head.toString().getBytes(UTF_8));
    if (events.length == 0) {
      out.write(none.getBytes(UTF_8));
    } else {
      byte before = '[';
      for (byte[] json : events) {
        out.write(before);
        out.write(json);
        before = ',';
      }
      out.write((byte) ']');
    }
    out.write(tail.toString().getBytes(UTF_8));
    return out.end();
  }
}
