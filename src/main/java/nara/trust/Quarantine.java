package nara.trust;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nara.event.Reading;

/**
 * Events that wait for a key. Bounded: over the bound the oldest arrivals go, since a peer can send
 * any number of events of naras that do not exist.
 *
 * <p>Keyed by the bytes, not by the id: a bad copy that came first must not keep a good one out.
 *
 * <p>Not safe for several threads.
 */
final class Quarantine {
  private final int most;
  private final LinkedHashMap<ByteBuffer, Judgement> waiting = new LinkedHashMap<>();
  private long evicted;

  /**
   * An empty quarantine.
   *
   * @param most how many events may wait
   */
  Quarantine(int most) {
    this.most = most;
  }

  /** Lets an event wait; returns false when the very same bytes wait already. */
  boolean add(Judgement judgement) {
    byte[] json = ((Reading.Read) judgement.reading()).event().json();
    if (waiting.putIfAbsent(ByteBuffer.wrap(json), judgement) != null) {
      return false;
    }
    if (waiting.size() > most) {
      Iterator<Judgement> oldest = waiting.values().iterator();
      oldest.next();
      oldest.remove();
      evicted++;
    }
    return true;
  }

  /** Takes everything out, in order of arrival, to be judged again. */
  List<Reading> release() {
    List<Reading> released = new ArrayList<>(waiting.size());
    waiting.values().forEach(judgement -> released.add(judgement.reading()));
    waiting.clear();
    return released;
  }

  int size() {
    return waiting.size();
  }

  /** How many had to go because too many waited. */
  long evicted() {
    return evicted;
  }

  /** How many events wait for each missing key, by the emitter's name or the voter's id. */
  Map<String, Integer> missingKeys() {
    Map<String, Integer> missing = new HashMap<>();
    for (Judgement judgement : waiting.values()) {
      judgement.missingKeys().forEach(key -> missing.merge(key, 1, Integer::sum));
    }
    return new TreeMap<>(missing);
  }
}
