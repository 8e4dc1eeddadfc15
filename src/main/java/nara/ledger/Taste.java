package nara.ledger;

import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Social;

/**
 * What a nara of some personality does not care to remember, by the wire contract's table. Critical
 * events are never a matter of taste.
 */
final class Taste {
  private static final int CHILL = 70;
  private static final int VERY_CHILL = 85;
  private static final int AGREEABLE = 80;
  private static final int UNSOCIABLE = 30;
  private static final int VERY_UNSOCIABLE = 20;

  private final LedgerConfig owner;

  Taste(LedgerConfig owner) {
    this.owner = owner;
  }

  /** Whether the owner would keep it. */
  boolean likes(Event event) {
    if (event.critical()) {
      return true;
    }
    Payload payload = event.payload();
    return switch (payload) {
      case Social s -> likes(s);
      case Observation o -> o.importance() != 2 || owner.chill() <= VERY_CHILL;
      default -> true;
    };
  }

  private boolean likes(Social social) {
    String reason = social.reason();
    if (reason.equals("random") && owner.chill() > CHILL) {
      return false;
    }
    if (social.type().equals("observation")) {
      return switch (reason) {
        case "online", "offline" -> owner.chill() <= VERY_CHILL;
        case "journey-pass", "journey-complete" -> owner.sociability() >= UNSOCIABLE;
        default -> true;
      };
    }
    if (owner.chill() > VERY_CHILL) {
      return reason.equals("comeback") || reason.equals("high-restarts");
    }
    if (reason.equals("trend-abandon") && owner.agreeableness() > AGREEABLE) {
      return false;
    }
    return !reason.equals("random") || owner.sociability() >= VERY_UNSOCIABLE;
  }
}
