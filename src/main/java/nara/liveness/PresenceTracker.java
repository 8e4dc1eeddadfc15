package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.LedgerRequest.Sighting;

/**
 * Who of the neighbours came and went, and what is to be said of it.
 *
 * <p>The first look after a recovery only takes note: what happened before is others' to tell. From
 * then on a change is said, after a random wait and only if nobody has by then: so not everybody
 * says the same. Who is merely silent is pinged before it counts as missing, once a minute at the
 * most; who cannot be pinged but was heard on the plaza is vouched for.
 *
 * <p>A restart is an announcement after a goodbye, or after somebody was missing. Pure: time comes
 * in, tasks go out. For one thread at a time; knows no more naras than discovery does.
 */
final class PresenceTracker {
  /** Pings to the silent that one look may begin; the others wait for the next. */
  static final int MAX_PINGS_PER_CHECK = 16;

  /**
   * First sightings that one look may tell of; the others wait for the next. They are never pruned
   * from any ledger, so a burst of announcements by names that do not exist must not become as many
   * of them: such names are silent before their turn comes.
   */
  static final int MAX_FIRST_SEEN_PER_CHECK = 4;

  /**
   * Neighbours of whom one look may tell that they came or went; the others wait for the next, and
   * somebody else may have told by then. A thousand at once are told within five minutes.
   */
  static final int MAX_CHANGES_PER_CHECK = 32;

  private static final String ONLINE = "ONLINE";
  private static final String MISSING = "MISSING";

  /** Between two pings to one who is silent, as in the reference. */
  private static final Duration PING_INTERVAL = Duration.ofMinutes(1);

  /** Between two words of this node that somebody was seen, as in the reference. */
  private static final Duration SEEN_REPORT_INTERVAL = Duration.ofMinutes(2);

  /** Up to so long a return is kept back, and up to so long a loss: others may say it first. */
  private static final Duration MAX_RETURN_DELAY = Duration.ofSeconds(5);

  private static final Duration MAX_LOSS_DELAY = Duration.ofSeconds(10);

  private static final class TrackedNeighbour {
    /** As last noted; empty before the first look at it. */
    private String state = "";

    private Instant heardAt = Instant.MIN;
    private Instant seenReportedAt = Instant.MIN;
    private Instant pingedAt = Instant.MIN;
    private boolean pinging;

    /** Whether it was there at the first look at it, and that is not told yet. */
    private boolean firstSeenPending;

    /** When it went, Unix nanoseconds, 0 while it is there. */
    private long lostTs;

    /** When it announced itself after having gone, Unix nanoseconds, 0 if it did not. */
    private long returnedTs;

    private Optional<Instant> reportAt = Optional.empty();
  }

  private final Instant startedAt;
  private final Duration missingAfter;
  private final boolean pings;
  private final RandomGenerator random;
  private final Map<String, TrackedNeighbour> trackedByName = new HashMap<>();
  private boolean firstCheck = true;

  /**
   * Nothing noted yet.
   *
   * @param began what announcements say that are older is history
   * @param pings whether neighbours can be pinged at all
   */
  PresenceTracker(Instant began, Duration missingAfter, boolean pings, RandomGenerator random) {
    this.startedAt = began;
    this.missingAfter = missingAfter;
    this.pings = pings;
    this.random = random;
  }

  /** Somebody said something that is no event, so that the ledger does not know. */
  void recordHeard(String name, Instant now) {
    TrackedNeighbour tracked = trackedByName.get(name);
    if (tracked != null) {
      tracked.heardAt = now;
    }
  }

  /** Somebody said goodbye. */
  void recordGoodbye(String name, long ts) {
    TrackedNeighbour tracked = trackedByName.get(name);
    if (tracked != null
        && ts > tracked.lostTs
        && ts > tracked.returnedTs
        && ts > Event.unixNanos(startedAt)) {
      tracked.lostTs = ts;
      tracked.heardAt = Instant.MIN;
    }
  }

  /** Somebody announced itself. */
  void recordAnnouncement(String name, long ts, Instant now) {
    TrackedNeighbour tracked = trackedByName.get(name);
    if (tracked != null
        && tracked.lostTs != 0
        && ts > tracked.lostTs
        && ts > Event.unixNanos(startedAt)) {
      tracked.lostTs = 0;
      tracked.returnedTs = ts;
      tracked.reportAt = Optional.of(randomTimeWithin(MAX_RETURN_DELAY, now));
    }
  }

  /** A ping to who was silent is over; the ledger knows if it was answered. */
  void recordPingDone(String name) {
    TrackedNeighbour tracked = trackedByName.get(name);
    if (tracked != null) {
      tracked.pinging = false;
    }
  }

  /** Who is there, as last noted, and has not said goodbye since. */
  boolean isOnline(String name) {
    TrackedNeighbour tracked = trackedByName.get(name);
    return tracked != null && tracked.state.equals(ONLINE) && tracked.lostTs == 0;
  }

  /**
   * Looks around.
   *
   * @param sightings what the ledger last heard of each; nothing of whom it knows nothing
   */
  List<LivenessAction> check(
      List<Neighbour> neighbours, Map<String, Sighting> sightings, Instant now) {
    trackedByName
        .keySet()
        .retainAll(neighbours.stream().map(Neighbour::name).collect(Collectors.toSet()));
    List<LivenessAction> actions = new ArrayList<>();
    int checks = 0;
    int firsts = 0;
    int changes = 0;
    for (Neighbour neighbour : neighbours) {
      TrackedNeighbour tracked =
          trackedByName.computeIfAbsent(neighbour.name(), name -> new TrackedNeighbour());
      Sighting lastSighting = sightings.get(neighbour.name());
      boolean quiet = lastSighting == null || lastSighting.status().equals(MISSING);
      if (quiet && mayBeOnline(tracked, neighbour) && pings && !neighbour.address().isEmpty()) {
        if (!tracked.pinging && isPingDue(tracked, now) && checks < MAX_PINGS_PER_CHECK) {
          tracked.pingedAt = now;
          tracked.pinging = true;
          checks++;
          actions.add(new LivenessAction.PingSilent(neighbour.name(), neighbour.address()));
        }
        if (tracked.pinging || isPingDue(tracked, now)) {
          continue;
        }
      }
      if ((lastSighting == null || lastSighting.isSilent())
          && isWithin(missingAfter, tracked.heardAt, now)) {
        if (!isWithin(SEEN_REPORT_INTERVAL, tracked.seenReportedAt, now)) {
          tracked.seenReportedAt = now;
          actions.add(new LivenessAction.ReportSeen(neighbour.name(), tracked.heardAt));
        }
        continue;
      }
      if (lastSighting != null) {
        int before = actions.size();
        updateStatus(
            neighbour.name(), tracked, lastSighting, now, changes < MAX_CHANGES_PER_CHECK, actions);
        changes += actions.size() > before ? 1 : 0;
      }
      if (tracked.firstSeenPending
          && tracked.state.equals(ONLINE)
          && firsts < MAX_FIRST_SEEN_PER_CHECK) {
        tracked.firstSeenPending = false;
        firsts++;
        actions.add(new LivenessAction.ReportFirstSeen(neighbour.name()));
      }
      if (quiet && neighbour.online()) {
        actions.add(new LivenessAction.MarkMissing(neighbour.name()));
      }
    }
    firstCheck = false;
    return actions;
  }

  /** Who was there until now, or who discovery thinks is. */
  private static boolean mayBeOnline(TrackedNeighbour tracked, Neighbour neighbour) {
    return tracked.state.equals(ONLINE) || neighbour.online();
  }

  private static boolean isPingDue(TrackedNeighbour tracked, Instant now) {
    return !isWithin(PING_INTERVAL, tracked.pingedAt, now);
  }

  private void updateStatus(
      String name,
      TrackedNeighbour tracked,
      Sighting lastSighting,
      Instant now,
      boolean mayReport,
      List<LivenessAction> actions) {
    if (tracked.state.isEmpty()) {
      tracked.state = lastSighting.status();
      if (tracked.state.equals(ONLINE)) {
        tracked.firstSeenPending = true;
      } else {
        // Whoever is gone already when this node comes has come back when it announces itself.
        tracked.lostTs = firstCheck ? Event.unixNanos(startedAt) : Event.unixNanos(now);
      }
    } else if (!tracked.state.equals(lastSighting.status())) {
      boolean isOnlineAgain = lastSighting.status().equals(ONLINE);
      tracked.state = lastSighting.status();
      tracked.reportAt =
          Optional.of(randomTimeWithin(isOnlineAgain ? MAX_RETURN_DELAY : MAX_LOSS_DELAY, now));
      if (!isOnlineAgain && tracked.lostTs == 0) {
        tracked.lostTs = Event.unixNanos(now);
      }
    }
    if (mayReport && tracked.reportAt.isPresent() && !now.isBefore(tracked.reportAt.get())) {
      tracked.reportAt = Optional.empty();
      if (tracked.returnedTs != 0) {
        actions.add(
            new LivenessAction.ReportRestart(
                name, Math.floorDiv(tracked.returnedTs, 1_000_000_000L)));
        tracked.returnedTs = 0;
      }
      if (!lastSighting.lastStatusChange().equals(tracked.state)) {
        actions.add(new LivenessAction.ReportStatusChange(name, tracked.state));
      }
    }
    if (tracked.state.equals(ONLINE) && lastSighting.reportedAtNanos() > tracked.lostTs) {
      tracked.lostTs = 0;
    }
  }

  private Instant randomTimeWithin(Duration maxDelay, Instant now) {
    return now.plusMillis(random.nextLong(maxDelay.toMillis() + 1));
  }

  private static boolean isWithin(Duration span, Instant then, Instant now) {
    return !then.equals(Instant.MIN) && now.isBefore(then.plus(span));
  }
}
