package nara.event;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * A measured round trip.
 *
 * @param rtt milliseconds
 */
public record Ping(String observer, String observerId, String target, String targetId, double rtt)
    implements Payload {

  @Override
  public Service service() {
    return Service.PING;
  }

  @Override
  public String content() {
    return observer + ':' + target + ':' + oneDecimal(rtt);
  }

  @Override
  public Optional<String> validationError() {
    Optional<String> missing = Payload.firstMissing("observer", observer, "target", target);
    return missing.isPresent() || rtt > 0 && Double.isFinite(rtt)
        ? missing
        : Optional.of("rtt " + rtt + " is not a positive number");
  }

  @Override
  public String actor() {
    return observer;
  }

  /**
   * One decimal, rounded from the exact value of the double, ties to even: 0.15 (a little less in
   * binary) gives 0.1, and 0.25 gives 0.2. Never an exponent.
   */
  public static String oneDecimal(double value) {
    // The usual case without BigDecimal: below 2^40, ten times the value is exact enough unless it
    // lies next to a tie.
    double tenfold = value * 10;
    double floor = Math.floor(tenfold);
    double fraction = tenfold - floor;
    if (value >= 0 && value < 1L << 40 && Math.abs(fraction - 0.5) > 1e-3) {
      long tenths = (long) floor + (fraction > 0.5 ? 1 : 0);
      return tenths / 10 + "." + tenths % 10;
    }
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    }
    String text = new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN).toPlainString();
    // A negative value that rounds to zero keeps its sign in the reference's format.
    boolean lostSign = !text.startsWith("-") && (value < 0 || 1 / value < 0);
    return lostSign ? "-" + text : text;
  }
}
