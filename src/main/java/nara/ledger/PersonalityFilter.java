package nara.ledger;

import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Social;

/**
 * What a nara of some personality does not care to remember, by the wire contract's table. Critical
 * events are never a matter of taste.
 */
public final class PersonalityFilter {
  private static final int CHILL = 70;
  private static final int VERY_CHILL = 85;
  private static final int AGREEABLE = 80;
  private static final int UNSOCIABLE = 30;
  private static final int VERY_UNSOCIABLE = 20;

  private final LedgerConfig config;

  public PersonalityFilter(LedgerConfig owner) {
    this.config = owner;
  }

  /** Whether the owner would keep it. */
  public boolean accepts(Event event) {
    if (event.isCritical()) {
      return true;
    }
    Payload payload = event.payload();
    return switch (payload) {
      case Social s -> accepts(s);
      case Observation o -> o.importance() != 2 || config.chill() <= VERY_CHILL;
      default -> true;
    };
  }

  private boolean accepts(Social social) {
    String reason = social.reason();
    if (reason.equals("random") && config.chill() > CHILL) {
      return false;
    }
    if (social.type().equals("observation")) {
      return switch (reason) {
        case "online", "offline" -> config.chill() <= VERY_CHILL;
        case "journey-pass", "journey-complete" -> config.sociability() >= UNSOCIABLE;
        default -> true;
      };
    }
    if (config.chill() > VERY_CHILL) {
      return reason.equals("comeback") || reason.equals("high-restarts");
    }
    if (reason.equals("trend-abandon") && config.agreeableness() > AGREEABLE) {
      return false;
    }
    return !reason.equals("random") || config.sociability() >= VERY_UNSOCIABLE;
  }
}
