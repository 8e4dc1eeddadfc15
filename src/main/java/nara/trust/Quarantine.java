package nara.trust;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Events that wait for a key, bounded in number and in bytes. Over a bound the oldest arrivals are
 * dropped: a peer can send any number of events, of any size, of naras that do not exist.
 *
 * <p>An event is identified by its bytes, not by its id, so that a bad copy that came first cannot
 * keep a good one out.
 *
 * <p>Not safe for concurrent use.
 */
final class Quarantine {
  /** Bytes per event that may wait: a checkpoint, the largest honest event, has 2 KB. */
  static final int BYTES_EACH = 2_048;

  private final int maxEvents;
  private final Map<ByteBuffer, VerificationResult> waiting = new LinkedHashMap<>();
  private long bytes;

  Quarantine(int maxEvents) {
    this.maxEvents = maxEvents;
  }

  /** Adds an event; false when the same bytes are waiting already. */
  boolean add(VerificationResult result) {
    byte[] json = result.event().json();
    if (waiting.putIfAbsent(ByteBuffer.wrap(json), result) != null) {
      return false;
    }
    bytes += json.length;
    Iterator<VerificationResult> oldest = waiting.values().iterator();
    while (waiting.size() > maxEvents || bytes > (long) maxEvents * BYTES_EACH) {
      bytes -= oldest.next().event().json().length;
      oldest.remove();
    }
    return true;
  }

  /** Removes and returns all events, in order of arrival. */
  List<VerificationResult> release() {
    return release(key -> true);
  }

  /**
   * Removes and returns the events that wait for a known key, in order of arrival.
   *
   * @param known whether the key of that name, or of the voter with that id, is known
   */
  List<VerificationResult> release(Predicate<String> known) {
    List<VerificationResult> released = new ArrayList<>();
    waiting
        .values()
        .removeIf(result -> result.missingKeys().stream().anyMatch(known) && released.add(result));
    released.forEach(result -> bytes -= result.event().json().length);
    return released;
  }

  int size() {
    return waiting.size();
  }

  /** Waiting events by missing key, which is the emitter's name or the voter's id. */
  Map<String, Integer> missingKeys() {
    Map<String, Integer> missing = new TreeMap<>();
    for (VerificationResult result : waiting.values()) {
      result.missingKeys().forEach(key -> missing.merge(key, 1, Integer::sum));
    }
    return missing;
  }
}
