package nara.ledger.retention;

import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.identity.Standing;
import nara.ledger.index.Backing;
import nara.ledger.index.StoredEvent;

/**
 * The rank of an event within its share: retention removes the lowest rank first. Ranks depend on
 * the current standings.
 *
 * <p>Anybody can make any number of events in the name of an established nara. So there are three
 * classes, the lowest first: events that the actor did not sign and that involve another nara below
 * the standing {@code vouched}, other events that the actor did not sign, and events that the actor
 * signed. Within a class, {@link Priority} decides.
 */
final class EventRanks {
  /** The order of events by their content, the first to remove first. */
  enum Priority {
    PING,
    SEEN,
    SOCIAL,
    /** Hey-there, chau and status change. */
    STATE,
    FIRST_SEEN,
    RESTART,
    CHECKPOINT
  }

  /** The ranks of one class of events: one for each priority. */
  private static final int PRIORITIES = Priority.values().length;

  private final boolean authorsFirst;

  /** From this rank on, events of established naras may exceed the maximum. */
  private final int protectedFrom;

  private final String owner;
  private final Standing.Lookup standings;
  private final Backing backing;

  /**
   * The ranks of a ledger.
   *
   * @param authorsFirst whether the actor's signature decides before the priority
   * @param owner the name of this node, which is always supported
   */
  EventRanks(boolean authorsFirst, String owner, Standing.Lookup standings, Backing backing) {
    this.authorsFirst = authorsFirst;
    int firstSeen = Priority.FIRST_SEEN.ordinal();
    this.protectedFrom = authorsFirst ? 2 * PRIORITIES + firstSeen : PRIORITIES + 2 * firstSeen;
    this.owner = owner;
    this.standings = standings;
    this.backing = backing;
  }

  /** The priority of an event by the wire contract. */
  static Priority priority(Event event) {
    return switch (event.payload()) {
      case Ping p -> Priority.PING;
      case Seen s -> Priority.SEEN;
      case Social s -> Priority.SOCIAL;
      case HeyThere h -> Priority.STATE;
      case Chau c -> Priority.STATE;
      case Observation o ->
          switch (o.type()) {
            case Observation.RESTART -> Priority.RESTART;
            case Observation.FIRST_SEEN -> Priority.FIRST_SEEN;
            default -> Priority.STATE;
          };
      case Checkpoint c -> Priority.CHECKPOINT;
    };
  }

  int rankOf(StoredEvent stored) {
    Event event = stored.event();
    if (event.payload() instanceof Ping ping) {
      // Pings have one room, so standings decide between them.
      int observer = level(ping.observer());
      int target = level(ping.target());
      return 2 * Math.min(observer, target) + (stored.isAuthored() ? 1 : 0);
    }
    int priority = priority(event).ordinal();
    boolean authored = stored.isAuthored();
    // A checkpoint has no actor who could sign it. Its voters do.
    boolean signed =
        authored || event.payload() instanceof Checkpoint && backing.isSupported(stored);
    if (!signed && !involvesSupported(event)) {
      return priority;
    }
    return authorsFirst
        ? (signed ? 2 : 1) * PRIORITIES + priority
        : PRIORITIES + 2 * priority + (authored ? 1 : 0);
  }

  /** Whether an event of an established nara with this rank may exceed the maximum. */
  boolean isProtected(int rank) {
    return rank >= protectedFrom;
  }

  /** Whether all naras but the actor that the event involves are supported. */
  private boolean involvesSupported(Event event) {
    return (event.target().equals(event.actor()) || isSupported(event.target()))
        && (!(event.payload() instanceof Social social)
            || social.witness().isEmpty()
            || isSupported(social.witness()));
  }

  private boolean isSupported(String name) {
    return name.equals(owner) || standings.standing(name).isSupported();
  }

  private int level(String name) {
    return isSupported(name) ? 2 : standings.standing(name) == Standing.KNOWN ? 1 : 0;
  }
}
