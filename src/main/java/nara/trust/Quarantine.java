package nara.trust;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import nara.event.ReadResult;

/**
 * Events that wait for a key. Bounded in number and in bytes: over a bound the oldest arrivals go,
 * since a peer can send any number of events, of any size, of naras that do not exist.
 *
 * <p>Keyed by the bytes, not by the id: a bad copy that came first must not keep a good one out.
 *
 * <p>Not safe for several threads.
 */
final class Quarantine {
  /** Bytes for each event that may wait: the largest honest one, a checkpoint, has 2 KB. */
  static final int BYTES_EACH = 2_048;

  private final int maxEvents;
  private final Map<ByteBuffer, VerificationResult> waiting = new LinkedHashMap<>();
  private long bytes;

  /**
   * An empty quarantine.
   *
   * @param maxEvents how many events may wait
   */
  Quarantine(int maxEvents) {
    this.maxEvents = maxEvents;
  }

  /** Lets an event wait; returns false when the very same bytes wait already. */
  boolean add(VerificationResult verificationResult) {
    byte[] json = json(verificationResult);
    if (waiting.putIfAbsent(ByteBuffer.wrap(json), verificationResult) != null) {
      return false;
    }
    bytes += json.length;
    Iterator<VerificationResult> oldest = waiting.values().iterator();
    while (waiting.size() > maxEvents || bytes > (long) maxEvents * BYTES_EACH) {
      bytes -= json(oldest.next()).length;
      oldest.remove();
    }
    return true;
  }

  /** Takes everything out, in order of arrival, to be judged again. */
  List<VerificationResult> release() {
    return release(key -> true);
  }

  /**
   * Takes out what waits for a key that is known by now, in order of arrival.
   *
   * @param known whether the key of that name, or of the voter with that id, is known
   */
  List<VerificationResult> release(Predicate<String> known) {
    List<VerificationResult> released = new ArrayList<>();
    Iterator<VerificationResult> all = waiting.values().iterator();
    while (all.hasNext()) {
      VerificationResult verificationResult = all.next();
      if (verificationResult.missingKeys().stream().anyMatch(known)) {
        released.add(verificationResult);
        bytes -= json(verificationResult).length;
        all.remove();
      }
    }
    return released;
  }

  int size() {
    return waiting.size();
  }

  /** How many events wait for each missing key, by the emitter's name or the voter's id. */
  Map<String, Integer> missingKeys() {
    Map<String, Integer> missing = new HashMap<>();
    for (VerificationResult verificationResult : waiting.values()) {
      verificationResult.missingKeys().forEach(key -> missing.merge(key, 1, Integer::sum));
    }
    return new TreeMap<>(missing);
  }

  private static byte[] json(VerificationResult verificationResult) {
    return ((ReadResult.ParsedEvent) verificationResult.readResult()).event().json();
  }
}
