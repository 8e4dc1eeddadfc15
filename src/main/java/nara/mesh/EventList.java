package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.List;
import nara.event.Event;
import nara.event.JsonSpans.Span;

/**
 * Lists of events in bodies: what is signed of them, and stored events put into one, their bytes
 * copied once and never encoded anew.
 */
final class EventList {
  private EventList() {}

  /**
   * What is signed of a list: SHA-256 over a beginning and then the id that every event states.
   *
   * @param begin who lists and when, as the wire contract writes it for the kind of list
   */
  static byte[] hash(String begin, byte[] json, List<Span> events) {
    MessageDigest hash = Sha256.start();
    hash.update(begin.getBytes(UTF_8));
    StatedEvent.hashIds(hash, json, events);
    return hash.digest();
  }

  /** The same for events of ours. */
  static byte[] hash(String begin, List<Event> events) {
    MessageDigest hash = Sha256.start();
    hash.update(begin.getBytes(UTF_8));
    for (Event event : events) {
      StatedEvent.hashId(hash, event.json(), 0, event.json().length);
    }
    return hash.digest();
  }

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
