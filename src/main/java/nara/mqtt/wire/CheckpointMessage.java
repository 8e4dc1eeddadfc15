package nara.mqtt.wire;

import nara.bus.Done;
import nara.bus.Request;
import nara.mqtt.PlazaRequest;

/**
 * A message of the checkpoint topics, as it is on the wire. What is heard there is asked at {@link
 * #ADDRESS} of whoever agrees on checkpoints; the answer says that the next one may come. What is
 * to be said is put into {@link PlazaRequest.PublishCheckpointMessage}. Not judged: anybody can
 * publish anything.
 */
public sealed interface CheckpointMessage extends Request<Done> {
  /** Where it is told what is heard. */
  String ADDRESS = "nara.plaza.checkpoint";

  /** The message; not copied and not changed by anybody. */
  byte[] json();

  /** Somebody proposes a checkpoint about itself. */
  record Proposed(byte[] json) implements CheckpointMessage {}

  /** Somebody votes on a proposal. */
  record Voted(byte[] json) implements CheckpointMessage {}

  /** A checkpoint that was agreed on, as an event. */
  record Agreed(byte[] json) implements CheckpointMessage {}
}
