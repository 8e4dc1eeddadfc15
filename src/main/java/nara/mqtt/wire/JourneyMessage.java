package nara.mqtt.wire;

import nara.bus.Done;
import nara.bus.Request;

/**
 * A message about a journey as it is on the wire, not verified: anybody can publish anything.
 *
 * <p>The MQTT verticle sends each received message as a request to {@link #ADDRESS}.
 */
public sealed interface JourneyMessage extends Request<Done> {
  /** The address of the journeys. */
  String ADDRESS = "nara.plaza.journey";

  /** Somebody says that a journey is complete; {@code json} is never changed. */
  record JourneyCompleted(byte[] json) implements JourneyMessage {}
}
