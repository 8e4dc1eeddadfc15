package nara.liveness;

import nara.bus.BusMessage;

/** The notifications of the liveness verticle at {@link #ADDRESS}. */
public sealed interface LivenessNotification extends BusMessage {
  String ADDRESS = "nara.liveness.notifications";

  /**
   * A neighbour responded to a ping with its name and its key.
   *
   * @param millis the round trip, more than 0
   */
  record RoundTripMeasured(String name, double millis) implements LivenessNotification {}
}
