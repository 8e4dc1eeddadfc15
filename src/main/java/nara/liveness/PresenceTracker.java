package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.LedgerRequest.Sighting;

/**
 * Tracks which neighbours are online, and decides what this node does about a change.
 *
 * <p>The first check after a recovery only takes note: others have reported what happened before.
 * Later the tracker reports a change after a random delay, unless another nara has reported it by
 * then. A silent neighbour is pinged before it counts as missing. One that was heard on the plaza
 * is reported as seen. An announcement after a goodbye, or after a neighbour was missing, is a
 * restart.
 *
 * <p>Silence is no evidence when this node could not hear anybody. After this node was suspended,
 * and after its network was away, no neighbour is missing before it had time to be heard again. The
 * network counts as away while all neighbours are silent at once.
 *
 * <p>Pure: inputs and the time come in, actions go out. Holds no naras but those that discovery
 * knows. Not thread-safe.
 */
final class PresenceTracker {
  /** Pings of silent neighbours in one check; the others wait for the next check. */
  static final int MAX_PINGS_PER_CHECK = 16;

  /**
   * First sightings in one check; the others wait. No ledger ever prunes one. An attacker who
   * announces invented names must not cause as many: such names are silent before their turn.
   */
  static final int MAX_FIRST_SEEN_PER_CHECK = 4;

  /**
   * Neighbours whose changes one check reports; the others wait, and other naras may report them
   * meanwhile. A thousand changes take five minutes.
   */
  static final int MAX_CHANGES_PER_CHECK = 32;

  /**
   * When this many neighbours fall silent together, the cause is probably this node's network. A
   * single one may be gone.
   */
  private static final int MIN_SILENT_AT_ONCE = 2;

  private static final String ONLINE = "ONLINE";
  private static final String MISSING = "MISSING";

  // The reference's values: between two pings of a silent neighbour, and between two seen events.
  private static final Duration PING_INTERVAL = Duration.ofMinutes(1);
  private static final Duration SEEN_INTERVAL = Duration.ofMinutes(2);

  // A report waits at most this long, so that not all observers report the same change.
  private static final Duration MAX_RETURN_DELAY = Duration.ofSeconds(5);
  private static final Duration MAX_LOSS_DELAY = Duration.ofSeconds(10);

  private static final class TrackedNeighbour {
    /** The status at the last check; empty before the first one. */
    private String status = "";

    private Instant heardAt = Instant.MIN;
    private Instant seenReportedAt = Instant.MIN;
    private Instant pingedAt = Instant.MIN;
    private boolean pinging;
    private boolean firstSeenPending;

    /** When it went away, Unix nanoseconds; 0 while it is here. */
    private long lostTs;

    /** When it announced itself after that, Unix nanoseconds; 0 when no restart is pending. */
    private long returnedTs;

    /** When a pending change may be reported; null without one. */
    private Instant reportAt;

    boolean isOnline() {
      return status.equals(ONLINE);
    }

    /** Moves future times to now: they are from before the clock was set back. */
    void limitTo(Instant now) {
      heardAt = earlier(heardAt, now);
      seenReportedAt = earlier(seenReportedAt, now);
      pingedAt = earlier(pingedAt, now);
      if (reportAt != null && reportAt.isAfter(now.plus(MAX_LOSS_DELAY))) {
        reportAt = now;
      }
    }

    private static Instant earlier(Instant one, Instant other) {
      return one.isBefore(other) ? one : other;
    }

    boolean mayBePinged(Instant now) {
      return !isWithin(PING_INTERVAL, pingedAt, now);
    }
  }

  private final Instant startedAt;
  private final Duration missingAfter;
  private final boolean pings;
  private final RandomGenerator random;
  private final Map<String, TrackedNeighbour> trackedByName = new HashMap<>();
  private boolean firstCheck = true;

  /** Before this time, no neighbour is missing because it is silent. */
  private Instant judgesFrom = Instant.MIN;

  private boolean doubtsNetwork;

  /**
   * A tracker without neighbours.
   *
   * @param startedAt announcements and goodbyes from before are history
   * @param pings whether this node can ping at all
   */
  PresenceTracker(Instant startedAt, Duration missingAfter, boolean pings, RandomGenerator random) {
    this.startedAt = startedAt;
    this.missingAfter = missingAfter;
    this.pings = pings;
    this.random = random;
  }

  /**
   * This node could not receive until now. No neighbour counts as silent for a while from now on.
   */
  void recordOutageUntil(Instant now) {
    judgesFrom = now.plus(missingAfter);
  }

  /** Whether at the last check all neighbours were silent that had been online. */
  boolean doubtsNetwork() {
    return doubtsNetwork;
  }

  /** A neighbour sent a message that is no event, so the ledger does not know of it. */
  void recordHeard(String name, Instant now) {
    tracked(name).heardAt = now;
  }

  /** A neighbour said goodbye; {@code ts} in Unix nanoseconds. */
  void recordGoodbye(String name, long ts) {
    TrackedNeighbour tracked = tracked(name);
    if (ts > tracked.lostTs && ts > tracked.returnedTs && ts > Event.unixNanos(startedAt)) {
      tracked.lostTs = ts;
      tracked.heardAt = Instant.MIN;
    }
  }

  /** A neighbour announced itself; {@code ts} in Unix nanoseconds. */
  void recordAnnouncement(String name, long ts, Instant now) {
    TrackedNeighbour tracked = tracked(name);
    if (tracked.lostTs != 0 && ts > tracked.lostTs && ts > Event.unixNanos(startedAt)) {
      tracked.lostTs = 0;
      tracked.returnedTs = ts;
      tracked.reportAt = randomTimeWithin(MAX_RETURN_DELAY, now);
    }
  }

  /** A ping of a silent neighbour has ended. If it was answered, the ledger has the ping event. */
  void recordPingDone(String name) {
    tracked(name).pinging = false;
  }

  /** Whether a neighbour was online at the last check and has not said goodbye since. */
  boolean isOnline(String name) {
    TrackedNeighbour tracked = tracked(name);
    return tracked.isOnline() && tracked.lostTs == 0;
  }

  /** A neighbour that no check has seen yet gets an entry that is not kept. */
  private TrackedNeighbour tracked(String name) {
    return trackedByName.getOrDefault(name, new TrackedNeighbour());
  }

  /** Checks all neighbours, and returns what to do. */
  List<LivenessAction> check(Neighbourhood neighbourhood, Instant now) {
    trackedByName.keySet().retainAll(neighbourhood.neighbours().keySet());
    updateDoubt(neighbourhood, now);
    Check check = new Check(now);
    for (Neighbour neighbour : neighbourhood.neighbours().values()) {
      String name = neighbour.name();
      TrackedNeighbour tracked = trackedByName.computeIfAbsent(name, n -> new TrackedNeighbour());
      tracked.limitTo(now);
      check.check(neighbour, tracked, neighbourhood.sightings().get(name));
    }
    firstCheck = false;
    return check.actions;
  }

  private void updateDoubt(Neighbourhood neighbourhood, Instant now) {
    long fallenSilent =
        trackedByName.keySet().stream()
            .filter(name -> tracked(name).isOnline() && neighbourhood.isSilent(name))
            .count();
    boolean anyHeard =
        neighbourhood.neighbours().keySet().stream()
            .anyMatch(
                name ->
                    neighbourhood.isOnline(name)
                        || isWithin(missingAfter, tracked(name).heardAt, now));
    boolean anySilent = trackedByName.keySet().stream().anyMatch(neighbourhood::isSilent);
    boolean doubted = doubtsNetwork;
    doubtsNetwork = !anyHeard && anySilent && (doubted || fallenSilent >= MIN_SILENT_AT_ONCE);
    if (doubted && !doubtsNetwork && anyHeard) {
      recordOutageUntil(now);
    }
    if (judgesFrom.isAfter(now.plus(missingAfter))) {
      // The clock was set back.
      recordOutageUntil(now);
    }
  }

  /** One check, and how many actions of each kind it may still take. */
  private final class Check {
    private final Instant now;
    private final List<LivenessAction> actions = new ArrayList<>();
    private int pingsLeft = MAX_PINGS_PER_CHECK;
    private int firstSeenLeft = MAX_FIRST_SEEN_PER_CHECK;
    private int changesLeft = MAX_CHANGES_PER_CHECK;

    Check(Instant now) {
      this.now = now;
    }

    /** {@code sighting} is null when the ledger has none. */
    void check(Neighbour neighbour, TrackedNeighbour tracked, Sighting sighting) {
      boolean missing = sighting == null || sighting.status().equals(MISSING);
      boolean silent = sighting == null || sighting.isSilent();
      if ((missing && awaitsPing(neighbour, tracked)) || (silent && wasHeard(neighbour, tracked))) {
        return;
      }
      if (silent && ignoresSilence()) {
        if (missing && doubtsNetwork && neighbour.online()) {
          actions.add(new LivenessAction.MarkMissing(neighbour.name()));
        }
        return;
      }
      if (sighting != null) {
        updateStatus(tracked, sighting.status());
        reportChange(neighbour.name(), tracked, sighting.lastStatusChange());
        if (tracked.isOnline() && sighting.reportedAtNanos() > tracked.lostTs) {
          tracked.lostTs = 0;
        }
      }
      if (tracked.firstSeenPending && tracked.isOnline() && firstSeenLeft > 0) {
        firstSeenLeft--;
        tracked.firstSeenPending = false;
        actions.add(new LivenessAction.ReportFirstSeen(neighbour.name()));
      }
      if (missing && neighbour.online()) {
        actions.add(new LivenessAction.MarkMissing(neighbour.name()));
      }
    }

    /** Whether silence is no evidence now. */
    private boolean ignoresSilence() {
      return doubtsNetwork || now.isBefore(judgesFrom);
    }

    /** Pings a missing neighbour that was online; true until its ping has ended. */
    private boolean awaitsPing(Neighbour neighbour, TrackedNeighbour tracked) {
      boolean wasOnline = tracked.isOnline() || neighbour.online();
      if (!wasOnline || !pings || neighbour.address().isEmpty()) {
        return false;
      }
      if (!tracked.pinging && tracked.mayBePinged(now) && pingsLeft > 0) {
        pingsLeft--;
        tracked.pinging = true;
        tracked.pingedAt = now;
        actions.add(new LivenessAction.PingSilent(neighbour.name(), neighbour.address()));
      }
      return tracked.pinging || tracked.mayBePinged(now);
    }

    /**
     * Reports, now and then, a neighbour that is silent in the ledger but was heard. The report has
     * the time of the hearing, and zines contain the last five minutes. So an older hearing is not
     * reported: the report would reach only some of the others.
     */
    private boolean wasHeard(Neighbour neighbour, TrackedNeighbour tracked) {
      if (!isWithin(missingAfter, tracked.heardAt, now)) {
        return false;
      }
      if (isWithin(SEEN_INTERVAL, tracked.heardAt, now)
          && !isWithin(SEEN_INTERVAL, tracked.seenReportedAt, now)) {
        tracked.seenReportedAt = now;
        actions.add(new LivenessAction.ReportSeen(neighbour.name(), tracked.heardAt));
      }
      return true;
    }

    private void updateStatus(TrackedNeighbour tracked, String status) {
      boolean online = status.equals(ONLINE);
      if (tracked.status.isEmpty()) {
        tracked.firstSeenPending = online;
        if (!online) {
          // Its next announcement is a restart.
          tracked.lostTs = Event.unixNanos(firstCheck ? startedAt : now);
        }
      } else if (!tracked.status.equals(status)) {
        tracked.reportAt = randomTimeWithin(online ? MAX_RETURN_DELAY : MAX_LOSS_DELAY, now);
        if (!online && tracked.lostTs == 0) {
          tracked.lostTs = Event.unixNanos(now);
        }
      }
      tracked.status = status;
    }

    private void reportChange(String name, TrackedNeighbour tracked, String lastReported) {
      if (changesLeft == 0 || tracked.reportAt == null || now.isBefore(tracked.reportAt)) {
        return;
      }
      tracked.reportAt = null;
      boolean restarted = tracked.returnedTs != 0;
      boolean changed = !lastReported.equals(tracked.status);
      if (restarted) {
        long seconds = Math.floorDiv(tracked.returnedTs, 1_000_000_000L);
        actions.add(new LivenessAction.ReportRestart(name, seconds));
        tracked.returnedTs = 0;
      }
      if (changed) {
        actions.add(new LivenessAction.ReportStatusChange(name, tracked.status));
      }
      changesLeft -= restarted || changed ? 1 : 0;
    }
  }

  private Instant randomTimeWithin(Duration maxDelay, Instant now) {
    return now.plusMillis(random.nextLong(maxDelay.toMillis() + 1));
  }

  private static boolean isWithin(Duration span, Instant then, Instant now) {
    return !then.equals(Instant.MIN) && now.isBefore(then.plus(span));
  }
}
