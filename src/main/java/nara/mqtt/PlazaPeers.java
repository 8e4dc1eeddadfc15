package nara.mqtt;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;
import nara.mqtt.wire.HowdyMessage.HowdyNeighbour;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.PlazaMessage;
import nara.profile.Buzz;
import nara.profile.Status;

/**
 * The naras that were seen on the plaza. It recognises replayed announcements, and supplies what
 * this node's howdies say about others. Not thread-safe.
 */
final class PlazaPeers {
  private static final class Peer {
    String id = "";
    String address = "";
    PublicKey key;
    long lastPresenceNanos;
    long lastSeenSeconds;
    boolean online;
    int howdyCount;
    int buzz;
  }

  private final String me;
  private final Map<String, Peer> peers = BoundedMap.lru(MqttLimits.MAX_PEERS);

  /** No peers yet. {@code me} is never named to others. */
  PlazaPeers(String me) {
    this.me = me;
  }

  /** Takes a verified announcement. Returns false when it is too old or a replay. */
  boolean onHeyThere(PlazaMessage.VerifiedHeyThere heyThere, Instant now) {
    Peer peer = peer(heyThere.name());
    if (!isFresh(peer, heyThere.ts(), now)) {
      return false;
    }
    markOnline(peer, now);
    peer.id = heyThere.id();
    peer.address = heyThere.address();
    peer.key = heyThere.key();
    peer.lastPresenceNanos = heyThere.ts();
    peer.howdyCount = 0;
    return true;
  }

  /** Takes a verified goodbye. Returns false when it is too old or a replay. */
  boolean onChau(PlazaMessage.VerifiedChau chau, Instant now) {
    Peer peer = peer(chau.name());
    if (!isFresh(peer, chau.ts(), now)) {
      return false;
    }
    peer.lastPresenceNanos = chau.ts();
    peer.online = false;
    return true;
  }

  void onStatus(String name, PublicKey key, Status status, boolean signed, Instant now) {
    Peer peer = peer(name);
    markOnline(peer, now);
    peer.key = key;
    // An unsigned status, that of a howdy, only fills gaps.
    if (signed && !status.id().isEmpty() || peer.id.isEmpty()) {
      peer.id = status.id();
    }
    if (signed && !status.meshIp().isEmpty() || peer.address.isEmpty()) {
      peer.address = status.meshIp();
    }
    peer.buzz = Math.clamp(status.buzz(), 0, Buzz.MAX);
  }

  boolean knows(String name) {
    return peers.containsKey(name);
  }

  /** The reported buzz of the online peers. */
  IntSummaryStatistics onlineBuzz() {
    return peers.entrySet().stream()
        .filter(each -> each.getValue().online && !each.getKey().equals(me))
        .mapToInt(each -> each.getValue().buzz)
        .summaryStatistics();
  }

  void countHowdyTo(String name) {
    Peer peer = peers.get(name);
    if (peer != null) {
      peer.howdyCount++;
    }
  }

  /** How many howdies the peer's last announcement has received. */
  int howdyCount(String name) {
    Peer peer = peers.get(name);
    return peer == null ? 0 : peer.howdyCount;
  }

  /** A random sample of the online peers, without the excluded name and this node. */
  List<HowdyNeighbour> randomSample(int limit, String excludedName, RandomGenerator random) {
    List<HowdyNeighbour> candidates = new ArrayList<>();
    peers.forEach(
        (name, peer) -> {
          boolean excluded = name.equals(excludedName) || name.equals(me);
          if (peer.online && peer.key != null && !excluded) {
            HowdyObservation seen = HowdyObservation.onlineAt(peer.lastSeenSeconds);
            candidates.add(
                new HowdyNeighbour(name, peer.key.encoded(), peer.address, peer.id, seen));
          }
        });
    Collections.shuffle(candidates, Random.from(random));
    return List.copyOf(candidates.subList(0, Math.min(limit, candidates.size())));
  }

  private static void markOnline(Peer peer, Instant now) {
    peer.online = true;
    peer.lastSeenSeconds = now.getEpochSecond();
  }

  private static boolean isFresh(Peer peer, long ts, Instant now) {
    long skewSeconds = Math.abs(Math.floorDiv(ts, 1_000_000_000L) - now.getEpochSecond());
    return ts > peer.lastPresenceNanos && skewSeconds <= MqttLimits.MAX_CLOCK_SKEW.toSeconds();
  }

  private Peer peer(String name) {
    return peers.computeIfAbsent(name, absent -> new Peer());
  }
}
