package nara.coordinates;

import java.util.Optional;
import java.util.random.RandomGenerator;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;

/**
 * The place of a nara in the network, by the Vivaldi algorithm: a point of the plane and a height
 * above it. The distance of two places is the expected round trip. Immutable.
 *
 * <p>The constants are the reference's, so that places of both kinds of nodes fit together.
 *
 * @param x milliseconds
 * @param y milliseconds
 * @param height milliseconds that every round trip costs, wherever its other end is
 * @param error the uncertainty, 0 to 2; 1 before the first measurement
 */
public record Coordinate(double x, double y, double height, double error) {
  private static final JsonFields FIELDS =
      JsonFields.inAnyCase().reals("x", "y", "height", "error");

  /** No round trip takes a minute. A stated place that is farther away is refused. */
  static final double MAX_MILLIS = 60_000;

  /** The reference's bounds of an own error. */
  private static final double MIN_ERROR = 0.001;

  static final double MAX_ERROR = 2;

  private static final double MIN_HEIGHT = 1e-5;
  private static final double START_ERROR = 1;
  private static final double START_RADIUS = 0.001;

  /** How fast the error and the place follow a measurement. */
  private static final double RATE = 0.25;

  /** The height moves by this part of what the place moves. */
  private static final double HEIGHT_RATE = 0.1;

  // The reference's weights of clout by distance.
  private static final double FAR_WEIGHT = 0.7;
  private static final double CLOUT_MILLIS = 100;

  /** Nearer places have no direction to each other. */
  private static final double SAME_PLACE = 0.0001;

  /**
   * The largest difference to a prediction that counts, in milliseconds. A peer states its own
   * place, and a false one must not throw this node out of the network.
   */
  static final double MAX_SURPRISE = 1_000;

  /** A place at random near the origin, because two naras at one place have no direction. */
  public static Coordinate start(RandomGenerator random) {
    double angle = random.nextDouble() * 2 * Math.PI;
    double radius = random.nextDouble() * START_RADIUS;
    return new Coordinate(
        radius * Math.cos(angle), radius * Math.sin(angle), MIN_HEIGHT, START_ERROR);
  }

  /** Reads a coordinate that another nara states; empty when its numbers are impossible. */
  public static Optional<Coordinate> read(byte[] json) {
    JsonRecord record = FIELDS.read(json);
    return Optional.of(
            new Coordinate(
                record.real("x"), record.real("y"), record.real("height"), record.real("error")))
        .filter(Coordinate::isPossible);
  }

  /** Writes the fields as the reference does. */
  public void write(JsonWriter out) {
    out.real("x", x).real("y", y).real("height", height).real("error", error);
  }

  /** Whether all numbers are finite and within their bounds. */
  public boolean isPossible() {
    // A comparison with NaN is false.
    return Math.abs(x) <= MAX_MILLIS
        && Math.abs(y) <= MAX_MILLIS
        && height >= 0
        && height <= MAX_MILLIS
        && error >= 0
        && error <= MAX_ERROR;
  }

  /** The expected round trip to another place, in milliseconds. */
  public double distanceTo(Coordinate other) {
    double dx = x - other.x;
    double dy = y - other.y;
    return Math.sqrt(dx * dx + dy * dy) + height + other.height;
  }

  /** The weight of a nara's clout at another place, 0.7 to 1: near naras count for more. */
  public double cloutWeight(Coordinate other) {
    return FAR_WEIGHT + (1 - FAR_WEIGHT) * Math.exp(-distanceTo(other) / CLOUT_MILLIS);
  }

  /**
   * This place after a measured round trip to a peer. The more certain the peer is, the more this
   * place moves. An impossible measurement or peer changes nothing.
   *
   * @param rttMillis the round trip
   * @param random gives the direction when both are at one place
   */
  public Coordinate after(Coordinate peer, double rttMillis, RandomGenerator random) {
    if (!(rttMillis > 0 && rttMillis <= MAX_MILLIS) || !peer.isPossible()) {
      return this;
    }
    double surprise = Math.clamp(rttMillis - distanceTo(peer), -MAX_SURPRISE, MAX_SURPRISE);
    double bothErrors = error + peer.error;
    double weight = error / (bothErrors == 0 ? MIN_ERROR : bothErrors);
    double newError = error * RATE * weight + Math.abs(surprise) * (1 - RATE * weight);
    double dx = x - peer.x;
    double dy = y - peer.y;
    double distance = Math.sqrt(dx * dx + dy * dy);
    double angle = distance > SAME_PLACE ? 0 : random.nextDouble() * 2 * Math.PI;
    double unitX = distance > SAME_PLACE ? dx / distance : Math.cos(angle);
    double unitY = distance > SAME_PLACE ? dy / distance : Math.sin(angle);
    double move = RATE * weight * surprise;
    return new Coordinate(
        bounded(x + unitX * move),
        bounded(y + unitY * move),
        Math.clamp(height + move * HEIGHT_RATE, MIN_HEIGHT, MAX_MILLIS),
        Math.clamp(newError, MIN_ERROR, MAX_ERROR));
  }

  private static double bounded(double millis) {
    return Math.clamp(millis, -MAX_MILLIS, MAX_MILLIS);
  }
}
