package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.List;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.identity.Hashing;

/**
 * Lists of events in bodies: what is signed of them, and stored events put into one, their bytes
 * copied once and never encoded anew.
 */
public final class EventList {
  private EventList() {}

  /**
   * What is signed of a list: SHA-256 over a beginning and then the id that every event states.
   *
   * @param prefix who lists and when, as the wire contract writes it for the kind of list
   */
  public static byte[] signedHash(String prefix, RawEvents events) {
    MessageDigest hash = Hashing.newSha256();
    hash.update(prefix.getBytes(UTF_8));
    events.hashIds(hash);
    return hash.digest();
  }

  /** The same for events whose JSON is in one array each. */
  public static byte[] signedHash(String prefix, byte[][] events) {
    MessageDigest hash = Hashing.newSha256();
    hash.update(prefix.getBytes(UTF_8));
    for (byte[] json : events) {
      RawEvents.hashId(hash, json);
    }
    return hash.digest();
  }

  /**
   * Head, events as a JSON list, tail.
   *
   * @param emptyList what stands for a list without events: the reference writes {@code null} or
   *     {@code []}
   */
  static Body assemble(CharSequence head, List<Event> events, String emptyList, CharSequence tail) {
    return assemble(head, collectJson(events), emptyList, tail);
  }

  /**
   * The bytes of each event. They lie all over the memory: looking at nothing but where and how
   * long they are lets many of them be fetched at once, where copying or hashing them one by one
   * would wait for each.
   */
  static byte[][] collectJson(List<Event> events) {
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
  static Body assemble(CharSequence head, byte[][] events, String emptyList, CharSequence tail) {
    Body.Writer out = new Body.Writer();
    out.write(head.toString().getBytes(UTF_8));
    if (events.length == 0) {
      out.write(emptyList.getBytes(UTF_8));
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
    return out.finish();
  }
}
