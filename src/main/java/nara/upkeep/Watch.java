package nara.upkeep;

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
final class Watch {
  /** Pings to the silent that one look may begin; the others wait for the next. */
  static final int CHECKS_AT_ONCE = 16;

  /**
   * First sightings that one look may tell of; the others wait for the next. They are never pruned
   * from any ledger, so a burst of announcements by names that do not exist must not become as many
   * of them: such names are silent before their turn comes.
   */
  static final int FIRSTS_AT_ONCE = 4;

  /**
   * Neighbours of whom one look may tell that they came or went; the others wait for the next, and
   * somebody else may have told by then. A thousand at once are told within five minutes.
   */
  static final int CHANGES_AT_ONCE = 32;

  private static final String ONLINE = "ONLINE";
  private static final String MISSING = "MISSING";

  /** Between two pings to one who is silent, as in the reference. */
  private static final Duration BETWEEN_CHECKS = Duration.ofMinutes(1);

  /** Between two words of this node that somebody was seen, as in the reference. */
  private static final Duration BETWEEN_VOUCHES = Duration.ofMinutes(2);

  /** Up to so long a return is kept back, and up to so long a loss: others may say it first. */
  private static final Duration BEFORE_RETURN = Duration.ofSeconds(5);

  private static final Duration BEFORE_LOSS = Duration.ofSeconds(10);

  private static final class Watched {
    /** As last noted; empty before the first look at it. */
    private String state = "";

    private Instant heard = Instant.MIN;
    private Instant vouched = Instant.MIN;
    private Instant checked = Instant.MIN;
    private boolean checking;

    /** Whether it was there at the first look at it, and that is not told yet. */
    private boolean isNew;

    /** When it went, Unix nanoseconds, 0 while it is there. */
    private long lost;

    /** When it announced itself after having gone, Unix nanoseconds, 0 if it did not. */
    private long returned;

    private Optional<Instant> sayAt = Optional.empty();
  }

  private final Instant began;
  private final Duration missingAfter;
  private final boolean pings;
  private final RandomGenerator random;
  private final Map<String, Watched> watched = new HashMap<>();
  private boolean first = true;

  /**
   * Nothing noted yet.
   *
   * @param began what announcements say that are older is history
   * @param pings whether neighbours can be pinged at all
   */
  Watch(Instant began, Duration missingAfter, boolean pings, RandomGenerator random) {
    this.began = began;
    this.missingAfter = missingAfter;
    this.pings = pings;
    this.random = random;
  }

  /** Somebody said something that is no event, so that the ledger does not know. */
  void heard(String name, Instant now) {
    Watched one = watched.get(name);
    if (one != null) {
      one.heard = now;
    }
  }

  /** Somebody said goodbye. */
  void left(String name, long ts) {
    Watched one = watched.get(name);
    if (one != null && ts > one.lost && ts > one.returned && ts > Event.nanos(began)) {
      one.lost = ts;
      one.heard = Instant.MIN;
    }
  }

  /** Somebody announced itself. */
  void announced(String name, long ts, Instant now) {
    Watched one = watched.get(name);
    if (one != null && one.lost != 0 && ts > one.lost && ts > Event.nanos(began)) {
      one.lost = 0;
      one.returned = ts;
      one.sayAt = Optional.of(after(BEFORE_RETURN, now));
    }
  }

  /** A ping to who was silent is over; the ledger knows if it was answered. */
  void checked(String name) {
    Watched one = watched.get(name);
    if (one != null) {
      one.checking = false;
    }
  }

  /** Who is there, as last noted, and has not said goodbye since. */
  boolean online(String name) {
    Watched one = watched.get(name);
    return one != null && one.state.equals(ONLINE) && one.lost == 0;
  }

  /**
   * Looks around.
   *
   * @param sightings what the ledger last heard of each; nothing of whom it knows nothing
   */
  List<Task> look(List<Neighbour> neighbours, Map<String, Sighting> sightings, Instant now) {
    watched
        .keySet()
        .retainAll(neighbours.stream().map(Neighbour::name).collect(Collectors.toSet()));
    List<Task> tasks = new ArrayList<>();
    int checks = 0;
    int firsts = 0;
    int changes = 0;
    for (Neighbour neighbour : neighbours) {
      Watched one = watched.computeIfAbsent(neighbour.name(), name -> new Watched());
      Sighting last = sightings.get(neighbour.name());
      boolean quiet = last == null || last.state().equals(MISSING);
      if (quiet && mayBeThere(one, neighbour) && pings && !neighbour.address().isEmpty()) {
        if (!one.checking && due(one, now) && checks < CHECKS_AT_ONCE) {
          one.checked = now;
          one.checking = true;
          checks++;
          tasks.add(new Task.Check(neighbour.name(), neighbour.address()));
        }
        if (one.checking || due(one, now)) {
          continue;
        }
      }
      if ((last == null || last.silent()) && isWithin(missingAfter, one.heard, now)) {
        if (!isWithin(BETWEEN_VOUCHES, one.vouched, now)) {
          one.vouched = now;
          tasks.add(new Task.Vouch(neighbour.name(), one.heard));
        }
        continue;
      }
      if (last != null) {
        int before = tasks.size();
        note(neighbour.name(), one, last, now, changes < CHANGES_AT_ONCE, tasks);
        changes += tasks.size() > before ? 1 : 0;
      }
      if (one.isNew && one.state.equals(ONLINE) && firsts < FIRSTS_AT_ONCE) {
        one.isNew = false;
        firsts++;
        tasks.add(new Task.FirstSeen(neighbour.name()));
      }
      if (quiet && neighbour.online()) {
        tasks.add(new Task.Lost(neighbour.name()));
      }
    }
    first = false;
    return tasks;
  }

  /** Who was there until now, or who discovery thinks is. */
  private static boolean mayBeThere(Watched one, Neighbour neighbour) {
    return one.state.equals(ONLINE) || neighbour.online();
  }

  private static boolean due(Watched one, Instant now) {
    return !isWithin(BETWEEN_CHECKS, one.checked, now);
  }

  private void note(
      String name, Watched one, Sighting last, Instant now, boolean mayTell, List<Task> tasks) {
    if (one.state.isEmpty()) {
      one.state = last.state();
      if (one.state.equals(ONLINE)) {
        one.isNew = true;
      } else {
        // Whoever is gone already when this node comes has come back when it announces itself.
        one.lost = first ? Event.nanos(began) : Event.nanos(now);
      }
    } else if (!one.state.equals(last.state())) {
      boolean back = last.state().equals(ONLINE);
      one.state = last.state();
      one.sayAt = Optional.of(after(back ? BEFORE_RETURN : BEFORE_LOSS, now));
      if (!back && one.lost == 0) {
        one.lost = Event.nanos(now);
      }
    }
    if (mayTell && one.sayAt.isPresent() && !now.isBefore(one.sayAt.get())) {
      one.sayAt = Optional.empty();
      if (one.returned != 0) {
        tasks.add(new Task.Restarted(name, Math.floorDiv(one.returned, 1_000_000_000L)));
        one.returned = 0;
      }
      if (!last.change().equals(one.state)) {
        tasks.add(new Task.Changed(name, one.state));
      }
    }
    if (one.state.equals(ONLINE) && last.saidAt() > one.lost) {
      one.lost = 0;
    }
  }

  private Instant after(Duration most, Instant now) {
    return now.plusMillis(random.nextLong(most.toMillis() + 1));
  }

  private static boolean isWithin(Duration span, Instant then, Instant now) {
    return !then.equals(Instant.MIN) && now.isBefore(then.plus(span));
  }
}
