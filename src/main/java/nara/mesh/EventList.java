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
  static byte[] join(CharSequence head, List<Event> events, String none, CharSequence tail) {
    byte[] before = (head + (events.isEmpty() ? none : "[")).getBytes(UTF_8);
    byte[] after = ((events.isEmpty() ? "" : "]") + tail).getBytes(UTF_8);
    int commas = Math.max(0, events.size() - 1);
    int size = Math.addExact(before.length + after.length, commas);
    for (Event event : events) {
      size = Math.addExact(size, event.json().length);
    }
    byte[] body = new byte[size];
    System.arraycopy(before, 0, body, 0, before.length);
    int at = before.length;
    for (int i = 0; i < events.size(); i++) {
      if (i > 0) {
        body[at++] = ',';
      }
      byte[] json = events.get(i).json();
      System.arraycopy(json, 0, body, at, json.length);
      at += json.length;
    }
    System.arraycopy(after, 0, body, at, after.length);
    return body;
  }
}
