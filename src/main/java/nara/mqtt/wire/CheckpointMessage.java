package nara.mqtt.wire;

import nara.bus.Done;
import nara.bus.Request;

/**
 * A message of the checkpoint topics as it is on the wire, not verified: anybody can publish
 * anything.
 *
 * <p>The MQTT verticle sends each received message as a request to {@link #ADDRESS}, and waits for
 * the reply before it sends the next one.
 */
public sealed interface CheckpointMessage extends Request<Done> {
  /** The address of the consensus on checkpoints. */
  String ADDRESS = "nara.plaza.checkpoint";

  /** The message; never changed after it is passed here. */
  byte[] json();

  /** A nara proposes a checkpoint about itself. */
  record Proposed(byte[] json) implements CheckpointMessage {}

  /** A vote on a proposal. */
  record Voted(byte[] json) implements CheckpointMessage {}

  /** An agreed checkpoint, as an event. */
  record Agreed(byte[] json) implements CheckpointMessage {}
}
