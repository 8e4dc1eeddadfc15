package nara.clock;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.BoundedMap;
import nara.bus.Scheduler;
import nara.identity.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time by this node's clock, corrected when most neighbours have another time.
 *
 * <p>It is for judging the times that others state, never for signing: a signature carries the
 * node's own time. Each host has one vote, its latest answer; with votes of configured neighbours
 * the others do not count. This node's own clock is a vote as well. The median decides, so a
 * minority cannot move the clock beyond the times of the others. Of two votes in the middle, the
 * one closer to this node's own clock decides.
 *
 * <p>Strangers can bring any number of hosts. So without votes of configured neighbours the time is
 * never corrected to an earlier one, and {@link #nearestTo} may give the own: what is right by this
 * node's own clock stays right.
 *
 * <p>Safe for concurrent use.
 */
public final class NetworkClock implements InstantSource {
  /** A smaller offset does not matter: signed exchanges allow 30 s, by the wire contract. */
  public static final Duration MIN_SKEW = Duration.ofSeconds(25);

  /**
   * Votes of configured neighbours, and of others, that are kept: strangers can bring any number.
   */
  static final int MAX_VOTES = 1_000;

  /** A neighbour may have set its clock since an older answer. */
  public static final Duration MAX_AGE = Duration.ofHours(1);

  /** A larger offset is not plausible, and computing with it could overflow. */
  private static final Duration MAX_OFFSET = Duration.ofDays(36_500);

  /** A larger step against the steady clock shows that the clock was set or the node suspended. */
  private static final Duration MIN_STEP = Duration.ofSeconds(5);

  /** The bytes of an IPv6 network of 64 bits. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private static final Logger LOG = LoggerFactory.getLogger(NetworkClock.class);

  private record Vote(Duration offset, Instant at) {}

  private final InstantSource clock;
  private final InstantSource steady;
  private final Map<String, Vote> configured = BoundedMap.lru(MAX_VOTES);
  private final Map<String, Vote> discovered = BoundedMap.lru(MAX_VOTES);

  /** The lead of this node's clock over the steady clock, when the votes were last valid. */
  private Duration ahead;

  private Optional<ClockSkew> skew = Optional.empty();
  private Duration median = Duration.ZERO;
  private Instant nextExpiry = Instant.MAX;

  /** A clock without votes: it has this node's time. */
  public NetworkClock(Scheduler scheduler) {
    this.clock = scheduler;
    this.steady = scheduler.steady();
    this.ahead = aheadOfSteady();
  }

  /**
   * Takes the vote of a neighbour's answer.
   *
   * @param neighbour the host that answered; {@link Witness#NONE} has no vote
   * @param theirs the time in the answer
   * @param ours the time of this node's clock when the answer was made
   */
  public void record(Witness neighbour, Instant theirs, Instant ours) {
    record(neighbour, Duration.between(ours, theirs));
  }

  /**
   * Takes the vote of a neighbour.
   *
   * @param neighbour the host that answered; {@link Witness#NONE} has no vote
   * @param offset the lead of the neighbour's clock over this node's
   */
  public synchronized void record(Witness neighbour, Duration offset) {
    if (neighbour.host().isEmpty()) {
      return;
    }
    dropInvalidVotes();
    if (offset.abs().compareTo(MAX_OFFSET) > 0) {
      return;
    }
    Map<String, Vote> votes = neighbour.configured() ? configured : discovered;
    votes.put(voter(neighbour), new Vote(offset, steady.instant()));
    update();
  }

  /**
   * One owner usually has a whole IPv6 network of 64 bits, so such a network is one voter. Unique
   * local addresses (fc00::/7) are of a private network, all of whose hosts may share those bits.
   */
  private static String voter(Witness neighbour) {
    String host = neighbour.host();
    if (neighbour.configured() || host.indexOf(':') < 0) {
      return host;
    }
    try {
      // A literal address is not looked up.
      byte[] address = InetAddress.getByName(host).getAddress();
      if ((address[0] & 0xfe) == 0xfc) {
        return host;
      }
      return HexFormat.of().formatHex(address, 0, Math.min(IPV6_NETWORK_BYTES, address.length));
    } catch (UnknownHostException noAddress) {
      return host;
    }
  }

  /** This node's time, corrected. */
  @Override
  public synchronized Instant instant() {
    dropInvalidVotes();
    Instant now = clock.instant();
    return skew.map(ClockSkew::offset)
        .filter(offset -> !configured.isEmpty() || !offset.isNegative())
        .map(now::plus)
        .orElse(now);
  }

  /**
   * The time by which a stated time is judged when it may be neither too early nor too late. With
   * votes of configured neighbours it is the corrected time. Otherwise it is the corrected time or
   * this node's own, whichever is closer: what is right by the own clock stays right.
   *
   * @param statedNanos Unix nanoseconds
   */
  public synchronized Instant nearestTo(long statedNanos) {
    Instant corrected = instant();
    Instant own = clock.instant();
    Instant stated = Instant.EPOCH.plusNanos(statedNanos);
    boolean ownIsCloser =
        Duration.between(own, stated).abs().compareTo(Duration.between(corrected, stated).abs())
            < 0;
    return configured.isEmpty() && ownIsCloser ? own : corrected;
  }

  /** The difference to most neighbours' clocks; empty when it is small or not known. */
  public synchronized Optional<ClockSkew> skew() {
    dropInvalidVotes();
    return skew;
  }

  /**
   * The lead of most neighbours' clocks over this node's clock, however small; empty without a
   * neighbour's answer.
   */
  public synchronized Optional<Duration> offset() {
    dropInvalidVotes();
    return configured.isEmpty() && discovered.isEmpty() ? Optional.empty() : Optional.of(median);
  }

  /**
   * The lead of one neighbour's clock over this node's clock; empty without a recent answer.
   *
   * @param address of a configured neighbour, as the operator named it
   * @param host the address without its port
   */
  public synchronized Optional<Duration> offsetOf(String address, String host) {
    dropInvalidVotes();
    Vote vote = configured.get(address);
    if (vote == null) {
      vote = discovered.get(voter(new Witness(host, false)));
    }
    return Optional.ofNullable(vote).map(Vote::offset);
  }

  /** Whether configured neighbours have votes; without them, strangers alone decide. */
  public synchronized boolean hasConfiguredVotes() {
    dropInvalidVotes();
    return !configured.isEmpty();
  }

  /** The sentence of the skew; empty without one. */
  public Optional<String> warning() {
    return skew().map(ClockSkew::sentence);
  }

  /**
   * Drops votes that are too old, and all votes when this node's clock was set: they compared other
   * times of it than it has now.
   */
  private void dropInvalidVotes() {
    Duration now = aheadOfSteady();
    if (now.minus(ahead).abs().compareTo(MIN_STEP) > 0) {
      ahead = now;
      configured.clear();
      discovered.clear();
      update();
    } else if (steady.instant().isAfter(nextExpiry)) {
      update();
    }
  }

  private Duration aheadOfSteady() {
    return Duration.between(steady.instant(), clock.instant());
  }

  private void update() {
    Instant oldest = steady.instant().minus(MAX_AGE);
    configured.values().removeIf(vote -> vote.at().isBefore(oldest));
    discovered.values().removeIf(vote -> vote.at().isBefore(oldest));
    List<Duration> offsets =
        (configured.isEmpty() ? discovered : configured)
            .values().stream().map(Vote::offset).toList();
    nextExpiry =
        Stream.concat(configured.values().stream(), discovered.values().stream())
            .map(vote -> vote.at().plus(MAX_AGE))
            .min(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    median = medianWithOwn(offsets);
    boolean wasOff = skew.isPresent();
    if (median.abs().compareTo(MIN_SKEW) <= 0) {
      skew = Optional.empty();
    } else {
      long agreeing =
          offsets.stream().filter(o -> o.minus(median).abs().compareTo(MIN_SKEW) <= 0).count();
      skew = Optional.of(new ClockSkew(median, (int) agreeing));
    }
    if (skew.isPresent() && !wasOff) {
      LOG.warn(
          "Signed requests between this node and its neighbours fail, because their clocks differ:"
              + " {}",
          skew.get().sentence());
    } else if (wasOff && skew.isEmpty()) {
      LOG.info("This node's clock agrees with the clocks of its neighbours again, or was set");
    }
  }

  /** The median of the offsets and 0; of two in the middle, the one closer to 0. */
  private static Duration medianWithOwn(List<Duration> offsets) {
    List<Duration> all = new ArrayList<>(offsets);
    all.add(Duration.ZERO);
    all.sort(null);
    Duration upper = all.get(all.size() / 2);
    Duration lower = all.get((all.size() - 1) / 2);
    if (lower.isNegative() && !upper.isNegative()) {
      return Duration.ZERO;
    }
    return lower.abs().compareTo(upper.abs()) < 0 ? lower : upper;
  }
}
