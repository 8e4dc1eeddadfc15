package nara.ledger.clout;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Optional;
import nara.event.EventId;
import nara.event.Social;
import nara.identity.Hashing;
import nara.identity.Personality;
import nara.identity.Soul;

/**
 * How one observer values social events, by the wire contract section 8.1: its personality weighs
 * them, and its soul decides which teases resonate.
 *
 * @param soul in its written form
 */
public record CloutRules(String soul, Personality personality) {
  /** No event weighs less, however old. */
  static final double MIN_WEIGHT = 0.1;

  private static final long SECONDS_PER_DAY = 24 * 60 * 60;

  /** The rules of the nara with this soul. */
  public static CloutRules of(Soul soul) {
    return new CloutRules(soul.encoded(), Personality.of(soul));
  }

  /**
   * The clout of a nara from an event.
   *
   * @param name of the nara
   * @param hundredths of the event's weight that it gets; may be negative
   * @param weight of the event before age reduces it
   */
  record Credit(String name, int hundredths, double weight) {}

  /** The credit of an event; empty when it gives none. */
  Optional<Credit> credit(EventId id, Social event) {
    int hundredths =
        switch (event.type()) {
          case "tease" -> resonates(id) ? 100 : -30;
          case "observed" -> resonates(id) ? 50 : 0;
          case "gossip" -> 10;
          case "service" -> event.reason().equals("stash-stored") ? 200 : 50;
          case "observation" -> ofObservation(event.reason());
          default -> 0;
        };
    String name = event.type().equals("observation") ? event.target() : event.actor();
    return hundredths == 0
        ? Optional.empty()
        : Optional.of(new Credit(name, hundredths, weight(event)));
  }

  private static int ofObservation(String reason) {
    return switch (reason) {
      case "online" -> 10;
      case "offline" -> -5;
      case "journey-pass" -> 20;
      case "journey-complete" -> 50;
      case "journey-timeout" -> -30;
      default -> 0;
    };
  }

  private double weight(Social event) {
    double weight =
        (1.0 + personality.sociability() / 200.0 - personality.chill() / 400.0)
            * ofReason(event.reason());
    return switch (event.type()) {
      case "observed" -> weight * 0.7;
      case "gossip" -> weight * 0.4;
      default -> weight;
    };
  }

  private double ofReason(String reason) {
    boolean agreeable = personality.agreeableness() > 70;
    boolean sociable = personality.sociability() > 60;
    return switch (reason) {
      case "high-restarts" -> personality.sociability() > 70 ? 0.7 : 1;
      case "comeback" -> sociable ? 1.4 : 1;
      case "trend-abandon" -> (agreeable ? 0.5 : 1) * (sociable ? 1.2 : 1);
      case "random" -> (personality.chill() > 60 ? 0.3 : 1) * (agreeable ? 0.6 : 1);
      case "nice-number" -> 1.1;
      case "online", "offline" -> 0.5;
      case "journey-pass" -> 0.8;
      case "journey-complete" -> 1.3;
      case "journey-timeout" -> 1.2;
      case "stash-stored" -> 1.5;
      default -> 1;
    };
  }

  private boolean resonates(EventId id) {
    byte[] hash = Hashing.sha256((id + soul).getBytes(UTF_8));
    int score = (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), 100);
    int threshold =
        50
            + personality.sociability() / 5
            - personality.chill() / 10
            - personality.agreeableness() / 20;
    return score < Math.clamp(threshold, 5, 95);
  }

  /** The age in seconds at which a weight is a half of itself. */
  private double halfLife() {
    return SECONDS_PER_DAY
        * (1.0 + (50 - personality.chill()) / 100.0)
        * (1.0 + personality.sociability() / 333.0);
  }

  /** The weight of an event at an age in seconds; a negative age counts as seven days. */
  double weightAt(double weight, long ageSeconds) {
    long age = ageSeconds < 0 ? 7 * SECONDS_PER_DAY : ageSeconds;
    return Math.max(MIN_WEIGHT, weight / (1.0 + age / halfLife()));
  }

  /** The age in seconds from which a weight stays at {@link #MIN_WEIGHT}. */
  long settlingAge(double weight) {
    return Math.max(0, (long) Math.ceil(halfLife() * (weight / MIN_WEIGHT - 1)) + 1);
  }
}
