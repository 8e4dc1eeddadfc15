package nara.coordinates;

import java.util.random.RandomGenerator;

/**
 * This node's place in the network. Liveness moves it with each measured round trip; the mesh
 * server, the status and the management port tell it. Safe for several threads.
 */
public final class OwnCoordinate {
  private final RandomGenerator random;
  private volatile Coordinate place;

  /** A start near the origin. {@code random} is this object's own. */
  public OwnCoordinate(RandomGenerator random) {
    this.random = random;
    this.place = Coordinate.start(random);
  }

  /** The place now. */
  public Coordinate get() {
    return place;
  }

  /** Takes a measured round trip, in milliseconds, to a peer at a known place. */
  public synchronized void onRoundTrip(Coordinate peer, double rttMillis) {
    place = place.after(peer, rttMillis, random);
  }
}
