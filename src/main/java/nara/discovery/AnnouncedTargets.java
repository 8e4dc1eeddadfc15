package nara.discovery;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bounds.RateLimiter;
import nara.discovery.Neighbour.Source;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;

/**
 * The newly announced addresses to ping. Strangers choose them, so they wait in bounded queues, and
 * each host gets a limited number of pings in a minute. Within a queue the next one is random: a
 * flood makes the others wait, but does not keep them out. Not thread-safe.
 */
final class AnnouncedTargets {
  /** Waiting addresses in each queue. */
  static final int MAX_WAITING = 1_000;

  /** Pings in flight. */
  static final int MAX_IN_FLIGHT = 16;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RandomGenerator random;
  private final RateLimiter pingsPerHost;
  private final Map<Source, List<PingTarget>> waiting = new EnumMap<>(Source.class);
  private final Set<String> addresses = new HashSet<>();
  private int inFlight;

  AnnouncedTargets(RandomGenerator random, InstantSource clock) {
    this.random = random;
    this.pingsPerHost = RateLimiter.per(MINUTE, AddressPolicy.MAX_PINGS_PER_HOST, clock);
  }

  /** Adds a target, unless its address waits already or its host has had enough pings. */
  void add(PingTarget target) {
    if (addresses.contains(target.address()) || !mayPing(target)) {
      return;
    }
    List<PingTarget> queue = waiting.computeIfAbsent(target.source(), source -> new ArrayList<>());
    if (queue.size() >= MAX_WAITING) {
      addresses.remove(removeRandom(queue).address());
    }
    queue.add(target);
    addresses.add(target.address());
  }

  private boolean mayPing(PingTarget target) {
    // Many ports of a host can be invented, but not many hosts with the network's own port.
    PeerAddress address = PeerAddress.parse(target.address()).orElseThrow();
    boolean usual = address.port() == PeerAddress.DEFAULT_PORT;
    return AddressPolicy.isLoopback(address.host())
        || pingsPerHost.tryAcquire(usual ? target.address() : address.host());
  }

  /** The next address to ping: first those that naras announced themselves, then hearsay. */
  Optional<PingTarget> next() {
    if (inFlight >= MAX_IN_FLIGHT) {
      return Optional.empty();
    }
    for (List<PingTarget> queue : waiting.values()) {
      if (!queue.isEmpty()) {
        inFlight++;
        return Optional.of(removeRandom(queue));
      }
    }
    return Optional.empty();
  }

  /** A ping ended. */
  void pingEnded(PingTarget target) {
    inFlight--;
    addresses.remove(target.address());
  }

  private PingTarget removeRandom(List<PingTarget> queue) {
    int index = random.nextInt(queue.size());
    PingTarget last = queue.removeLast();
    return index == queue.size() ? last : queue.set(index, last);
  }
}
