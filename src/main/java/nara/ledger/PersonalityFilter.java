package nara.ledger;

import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;

/** Decides which events a personality remembers, by the wire contract's table. */
public final class PersonalityFilter {
  private static final int CHILL = 70;
  private static final int VERY_CHILL = 85;
  private static final int AGREEABLE = 80;
  private static final int UNSOCIABLE = 30;
  private static final int VERY_UNSOCIABLE = 20;

  private final LedgerConfig config;

  /** The filter of a ledger with this personality. */
  public PersonalityFilter(LedgerConfig config) {
    this.config = config;
  }

  /** Whether a ledger with this personality keeps an event. */
  public boolean accepts(Event event) {
    return switch (event.payload()) {
      case Social s -> accepts(s);
      case Observation o -> o.importance() != 2 || config.chill() <= VERY_CHILL;
      case Ping ping -> true;
      case HeyThere there -> true;
      case Chau chau -> true;
      case Seen seen -> true;
      case Checkpoint checkpoint -> true;
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
    return switch (reason) {
      case "trend-abandon" -> config.agreeableness() <= AGREEABLE;
      case "random" -> config.sociability() >= VERY_UNSOCIABLE;
      default -> true;
    };
  }
}
