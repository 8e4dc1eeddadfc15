package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.Status;

/**
 * Who is on the plaza, as far as it spoke itself: what howdies are written from, and what keeps an
 * old message that somebody publishes again from being taken for a new one.
 *
 * <p>Not safe for several threads; bounded, since names are free.
 */
final class PlazaPeers {
  /** Naras remembered; over it the one not heard of for longest is forgotten. */
  static final int MAX_PEERS = 2_000;

  /**
   * How far a greeting's time may be from this node's. Clocks of small boards are minutes off;
   * further than this it is an old one, published again.
   */
  static final Duration MAX_CLOCK_SKEW = Duration.ofHours(1);

  private static final class PlazaPeer {
    String id = "";
    String address = "";
    PublicKey key;
    long lastPresenceNanos;
    long lastSeenSeconds;
    boolean online;
    int howdyCount;
    int buzz;
    boolean shortMemory;
  }

  private final String me;
  private final Map<String, PlazaPeer> peers = BoundedMap.lru(MAX_PEERS);

  /** Nobody yet; who is called like this is never named to others. */
  PlazaPeers(String me) {
    this.me = me;
  }

  /**
   * Takes a verified announcement.
   *
   * @return whether it is news; not one that is stale or was heard before
   */
  boolean onHeyThere(PlazaMessage.VerifiedHeyThere verifiedHeyThere, Instant now) {
    PlazaPeer plazaPeer = peer(verifiedHeyThere.name());
    if (!isFresh(plazaPeer, verifiedHeyThere.ts(), now)) {
      return false;
    }
    markOnline(plazaPeer, now);
    plazaPeer.id = verifiedHeyThere.id();
    plazaPeer.address = verifiedHeyThere.address();
    plazaPeer.key = verifiedHeyThere.key();
    plazaPeer.lastPresenceNanos = verifiedHeyThere.ts();
    plazaPeer.howdyCount = 0;
    return true;
  }

  /**
   * Takes a verified goodbye.
   *
   * @return whether it is news
   */
  boolean onChau(PlazaMessage.VerifiedChau verifiedChau, Instant now) {
    PlazaPeer plazaPeer = peer(verifiedChau.name());
    if (!isFresh(plazaPeer, verifiedChau.ts(), now)) {
      return false;
    }
    plazaPeer.lastPresenceNanos = verifiedChau.ts();
    plazaPeer.online = false;
    return true;
  }

  /** Takes a verified status of somebody: it is here, and this is what it tells of itself. */
  void onStatus(String name, PublicKey key, Status status, Instant now) {
    PlazaPeer plazaPeer = peer(name);
    markOnline(plazaPeer, now);
    plazaPeer.key = key;
    // What a greeting said is signed, and this is not: it only fills gaps.
    if (plazaPeer.id.isEmpty()) {
      plazaPeer.id = status.id();
    }
    if (plazaPeer.address.isEmpty()) {
      plazaPeer.address = status.meshIp();
    }
    plazaPeer.buzz = Math.clamp(status.buzz(), 0, Buzz.MAX);
    plazaPeer.shortMemory = status.memoryMode().equals("short");
  }

  /** Whether anything was heard of it. */
  boolean knows(String name) {
    return peers.containsKey(name);
  }

  /** The mean buzz that those who are here tell of; 0 without any. */
  int averageBuzz() {
    return (int) onlineBuzz().average().orElse(0);
  }

  /** The highest buzz that one of those who are here tells of; 0 without any. */
  int highestBuzz() {
    return onlineBuzz().max().orElse(0);
  }

  private IntStream onlineBuzz() {
    return peers.entrySet().stream()
        .filter(each -> each.getValue().online && !each.getKey().equals(me))
        .mapToInt(each -> each.getValue().buzz);
  }

  /** Those who told that they remember little. */
  Set<String> shortMemoryPeers() {
    return peers.entrySet().stream()
        .filter(each -> each.getValue().shortMemory)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Counts an answer to somebody's announcement, if that was heard. */
  void countHowdyTo(String name) {
    PlazaPeer plazaPeer = peers.get(name);
    if (plazaPeer != null) {
      plazaPeer.howdyCount++;
    }
  }

  /** How many answers to its last announcement were heard. */
  int howdyCount(String name) {
    PlazaPeer plazaPeer = peers.get(name);
    return plazaPeer == null ? 0 : plazaPeer.howdyCount;
  }

  /** Some of those who are here, at random, without this one and this node. */
  List<HowdyMessage.HowdyNeighbour> randomSample(
      int limit, String excludedName, RandomGenerator random) {
    List<HowdyMessage.HowdyNeighbour> candidates = new ArrayList<>();
    peers.forEach(
        (name, plazaPeer) -> {
          if (plazaPeer.online
              && plazaPeer.key != null
              && !name.equals(excludedName)
              && !name.equals(me)) {
            HowdyObservation howdyObservation =
                HowdyObservation.onlineAt(plazaPeer.lastSeenSeconds);
            candidates.add(
                new HowdyMessage.HowdyNeighbour(
                    name,
                    plazaPeer.key.encoded(),
                    plazaPeer.address,
                    plazaPeer.id,
                    howdyObservation));
          }
        });
    Collections.shuffle(candidates, Random.from(random));
    return List.copyOf(candidates.subList(0, Math.min(limit, candidates.size())));
  }

  private static void markOnline(PlazaPeer plazaPeer, Instant now) {
    plazaPeer.online = true;
    plazaPeer.lastSeenSeconds = now.getEpochSecond();
  }

  private static boolean isFresh(PlazaPeer plazaPeer, long ts, Instant now) {
    long seconds = Math.abs(Math.floorDiv(ts, 1_000_000_000L) - now.getEpochSecond());
    return ts > plazaPeer.lastPresenceNanos && seconds <= MAX_CLOCK_SKEW.toSeconds();
  }

  private PlazaPeer peer(String name) {
    return peers.computeIfAbsent(name, first -> new PlazaPeer());
  }
}
