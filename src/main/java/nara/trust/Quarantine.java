package nara.trust;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.bounds.FairQueue;
import nara.identity.Standing;

/**
 * Events that wait for a key, bounded in number and in bytes: a peer can send any number of events,
 * of any size, of naras that do not exist.
 *
 * <p>Over a bound, the key for which most bytes wait loses its oldest arrival. Naras of higher
 * {@link Standing} have shares that those of lower standing cannot take, and the number of keys is
 * bounded. So neither a flood for one name nor one of invented names displaces the others.
 *
 * <p>An event is identified by its bytes, not by its id, so that a bad copy that came first cannot
 * keep a good one out.
 *
 * <p>Not safe for concurrent use.
 */
final class Quarantine {
  /** Bytes per event that may wait: a checkpoint, the largest honest event, has 2 KB. */
  static final int BYTES_EACH = 2_048;

  /** All of them take at most one part in so many of the heap. */
  private static final int HEAP_PART = 16;

  /**
   * Unknown naras lose events only while they take more than one part in four of the waiting bytes.
   * The same holds for naras that are known, but not established.
   */
  private static final int SHARES = 4;

  /** Events wait for one key per so many places: invented names must not take one place each. */
  private static final int EVENTS_PER_KEY = 20;

  /** Keys for which events may wait in a small quarantine. */
  private static final int MIN_KEYS = 16;

  private final int maxEvents;
  private final long maxBytes;
  private final int maxKeys;
  private final Function<String, Standing> standing;
  private final Map<ByteBuffer, VerificationResult> waiting = new LinkedHashMap<>();
  private final Map<String, Set<ByteBuffer>> byKey = new HashMap<>();
  private final Map<Standing, FairQueue<ByteBuffer>> rooms = new EnumMap<>(Standing.class);
  private long bytes;

  /**
   * @param standing of a nara, by the name that its events wait for
   */
  Quarantine(int maxEvents, Function<String, Standing> standing) {
    this.maxEvents = maxEvents;
    this.maxBytes =
        Math.min((long) maxEvents * BYTES_EACH, Runtime.getRuntime().maxMemory() / HEAP_PART);
    this.maxKeys = Math.max(MIN_KEYS, maxEvents / EVENTS_PER_KEY);
    this.standing = standing;
    for (Standing each : Standing.values()) {
      rooms.put(each, new FairQueue<>());
    }
  }

  /** Adds an event; false when the same bytes are waiting already. */
  boolean add(VerificationResult result) {
    byte[] json = result.event().json();
    ByteBuffer event = ByteBuffer.wrap(json);
    if (waiting.putIfAbsent(event, result) != null) {
      return false;
    }
    bytes += json.length;
    result.missingKeys().forEach(key -> eventsOf(key).add(event));
    String first = result.missingKeys().stream().findFirst().orElse("");
    FairQueue<ByteBuffer> room = rooms.get(standing.apply(first));
    room.add(first, event, json.length);
    if (room.groups() > maxKeys) {
      forget(room.removeOldestOfLightest());
    }
    while (waiting.size() > maxEvents || bytes > maxBytes) {
      forget(fullRoom().removeOldestOfHeaviest());
    }
    return true;
  }

  private Set<ByteBuffer> eventsOf(String key) {
    return byKey.computeIfAbsent(key, missing -> new LinkedHashSet<>());
  }

  private FairQueue<ByteBuffer> fullRoom() {
    return Stream.of(Standing.UNKNOWN, Standing.KNOWN, Standing.VOUCHED)
        .map(rooms::get)
        .filter(room -> room.weight() > bytes / SHARES)
        .findFirst()
        .orElse(rooms.get(Standing.ESTABLISHED));
  }

  private void forget(Optional<ByteBuffer> event) {
    event.ifPresent(this::remove);
  }

  private VerificationResult remove(ByteBuffer event) {
    VerificationResult result = waiting.remove(event);
    bytes -= event.capacity();
    rooms.values().forEach(room -> room.remove(event));
    for (String key : result.missingKeys()) {
      Set<ByteBuffer> events = byKey.get(key);
      events.remove(event);
      if (events.isEmpty()) {
        byKey.remove(key);
      }
    }
    return result;
  }

  /** Removes and returns all events, in order of arrival. */
  List<VerificationResult> release() {
    return List.copyOf(waiting.keySet()).stream().map(this::remove).toList();
  }

  /**
   * Removes and returns the events that wait for one of these keys.
   *
   * @param keys names, and ids of voters
   */
  List<VerificationResult> release(Set<String> keys) {
    List<VerificationResult> released = new ArrayList<>();
    Stream<String> missing = keys.size() < byKey.size() ? keys.stream() : byKey.keySet().stream();
    for (String key : missing.filter(each -> keys.contains(each)).toList()) {
      for (ByteBuffer event : List.copyOf(byKey.getOrDefault(key, Set.of()))) {
        released.add(remove(event));
      }
    }
    return released;
  }

  int size() {
    return waiting.size();
  }

  /** The size of the waiting events' JSON. */
  long bytes() {
    return bytes;
  }

  /** The keys for which events wait. */
  int keyCount() {
    return byKey.size();
  }

  /** Waiting events by missing key, which is the emitter's name or the voter's id. */
  Map<String, Integer> missingKeys() {
    Map<String, Integer> missing = new TreeMap<>();
    byKey.forEach((key, events) -> missing.put(key, events.size()));
    return missing;
  }
}
