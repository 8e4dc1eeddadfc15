package nara.liveness;

import java.time.Duration;

/** For simulations of other packages: how often a node pings one of its neighbours. */
public final class PingRate {
  public static final Duration INTERVAL = LivenessConfig.PING_INTERVAL;

  private PingRate() {}
}
