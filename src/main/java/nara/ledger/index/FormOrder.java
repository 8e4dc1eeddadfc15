package nara.ledger.index;

import java.util.Arrays;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;

/**
 * Tells the better one of two forms of one id. The first difference decides:
 *
 * <ol>
 *   <li>the better verdict;
 *   <li>the author's own signature: an id does not cover the emitter, so anybody can sign a copy;
 *   <li>of a checkpoint, the subject that has the subject's id, as neither the id nor a signature
 *       covers the name; then the subject of the higher standing; then the better {@link Backing};
 *   <li>the actor of the higher standing, then the target: an unsigned restart can be given any
 *       observer;
 *   <li>the shorter actor, then the shorter target: of two ways to split a content with a colon in
 *       a name, every node chooses the same one;
 *   <li>no white space between the tokens and no unknown fields: the wire's form has none;
 *   <li>more of the optional fields that no signature covers; a nara id counts most when it belongs
 *       to its nara, and not when it belongs to another;
 *   <li>fewer bytes, then the smaller ones.
 * </ol>
 *
 * <p>A flag such as {@code is_backfill} is no such field: to set it is as wrong as to remove it.
 *
 * <p>The order reads the standings of now.
 */
public final class FormOrder {
  private final String owner;
  private final Standing.Lookup standings;
  private final Backing backing;

  /**
   * @param owner the name of this node, which is known best; may be empty
   */
  public FormOrder(String owner, Standing.Lookup standings) {
    this.owner = owner;
    this.standings = standings;
    this.backing = new Backing(standings);
  }

  /** Below zero when the stored event is better than the offered one with its id. */
  public int compare(StoredEvent stored, StoredEvent offered) {
    Event event = stored.event();
    Event other = offered.event();
    Verdict verdict = offered.verdict();
    int byVerdict = stored.verdict().compareTo(verdict);
    if (byVerdict != 0 || Arrays.equals(event.json(), other.json())) {
      return byVerdict;
    }
    int byAuthor = Boolean.compare(StoredEvent.isAuthored(other, verdict), stored.isAuthored());
    int byNames = byAuthor != 0 ? byAuthor : compareNames(stored, offered);
    if (byNames != 0) {
      return byNames;
    }
    int byForm = Boolean.compare(other.isCompact(), event.isCompact());
    int byFields = byForm != 0 ? byForm : fields(other) - fields(event);
    int byLength = byFields != 0 ? byFields : event.json().length - other.json().length;
    return byLength != 0 ? byLength : Arrays.compareUnsigned(event.json(), other.json());
  }

  private int compareNames(StoredEvent stored, StoredEvent offered) {
    Event a = stored.event();
    Event b = offered.event();
    boolean sameActor = a.actor().equals(b.actor());
    boolean sameTarget = a.target().equals(b.target());
    int byStanding = sameActor ? 0 : standing(b.actor()) - standing(a.actor());
    if (a.payload() instanceof Checkpoint c && b.payload() instanceof Checkpoint d) {
      int bySubject = Integer.compare(subject(d), subject(c));
      byStanding = bySubject != 0 ? bySubject : backing.compare(stored, offered);
    } else if (byStanding == 0 && !sameTarget) {
      byStanding = standing(b.target()) - standing(a.target());
    }
    if (byStanding != 0) {
      return byStanding;
    }
    int byActor = a.actor().length() - b.actor().length();
    return byActor != 0 ? byActor : a.target().length() - b.target().length();
  }

  /** A stranger that responds to pings must not outrank a nara that is offline. */
  private int standing(String name) {
    Standing standing = name.equals(owner) ? Standing.ESTABLISHED : standings.standing(name);
    return (standing.isSupported() ? Standing.ESTABLISHED : standing).ordinal();
  }

  /** How likely a checkpoint's subject has its subject id. */
  private int subject(Checkpoint checkpoint) {
    return switch (id(checkpoint.subjectId(), checkpoint.subject())) {
      case RIGHT -> Standing.values().length;
      case WRONG -> -1;
      default -> standing(checkpoint.subject());
    };
  }

  private int fields(Event event) {
    return switch (event.payload()) {
      case HeyThere there -> id(there.id(), there.from());
      case Chau chau -> id(chau.id(), chau.from());
      case Ping p -> id(p.observerId(), p.observer()) + id(p.targetId(), p.target());
      case Seen s -> id(s.observerId(), s.observer()) + id(s.subjectId(), s.subject());
      case Social s -> id(s.actorId(), s.actor()) + id(s.targetId(), s.target());
      case Observation o ->
          id(o.observerId(), o.observer())
              + id(o.subjectId(), o.subject())
              + (o.lastRestart() == 0 ? 0 : 1)
              + (o.clusterName().isEmpty() ? 0 : 1)
              + (o.observerUptime() == 0 ? 0 : 1);
      case Checkpoint checkpoint -> 0;
    };
  }

  private static final int WRONG = 0;
  private static final int MISSING = 1;
  private static final int UNKNOWN = 2;
  private static final int RIGHT = 3;

  /** Ranks the id that a form gives a nara: wrong, missing, unknown or right. */
  private int id(String id, String name) {
    return id.isEmpty()
        ? MISSING
        : standings.nameOf(id).map(of -> of.equals(name) ? RIGHT : WRONG).orElse(UNKNOWN);
  }

  /**
   * Whether no better form can come of a valid event without white space, as far as it matters. It
   * can of a checkpoint: with another subject or better voters; and of a hey-there or a chau
   * without a right id.
   */
  public boolean isFinal(StoredEvent stored) {
    return switch (stored.event().payload()) {
      case Checkpoint checkpoint -> false;
      case HeyThere there -> stored.isAuthored() && id(there.id(), there.from()) == RIGHT;
      case Chau chau -> stored.isAuthored() && id(chau.id(), chau.from()) == RIGHT;
      case Social social -> stored.isAuthored();
      case Ping ping -> stored.isAuthored();
      case Observation observation -> stored.isAuthored();
      case Seen seen -> stored.isAuthored();
    };
  }
}
