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
    Body.Writer out = new Body.Writer();
    out.write(head.toString().getBytes(UTF_8));
    if (events.isEmpty()) {
      out.write(none.getBytes(UTF_8));
    } else {
      join(out, events);
    }
    out.write(tail.toString().getBytes(UTF_8));
    return out.end();
  }

  private static void join(Body.Writer out, List<Event> events) {
    // The events lie all over the memory: a loop of their own lets many of them be fetched at once.
    byte[][] jsons = new byte[events.size()][];
    for (int i = 0; i < jsons.length; i++) {
      jsons[i] = events.get(i).json();
    }
    byte before = '[';
    for (byte[] json : jsons) {
      out.write(before);
      out.write(json);
      before = ',';
    }
    out.write((byte) ']');
  }
}
