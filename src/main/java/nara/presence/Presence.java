package nara.presence;

import java.util.Optional;
import nara.bus.BusMessage;
import nara.identity.PublicKey;
import nara.mqtt.wire.HowdyObservation;

/** What is told at {@link #ADDRESS} of who is there: what the plaza says, and what zines bring. */
public sealed interface Presence extends BusMessage {
  /** Where presence is told. */
  String ADDRESS = "nara.presence";

  String name();

  /**
   * Somebody is there: a verified hey_there or newspaper, or a howdy (its sender, or a neighbour
   * that it names).
   *
   * @param name its name
   * @param id its nara id, or empty
   * @param address its mesh address, or empty
   * @param key its key, where the message carried one
   * @param firstHand whether it spoke itself; otherwise a howdy told of it
   */
  record Online(String name, String id, String address, Optional<PublicKey> key, boolean firstHand)
      implements Presence {}

  /** Somebody left with a verified chau. */
  record Offline(String name) implements Presence {}

  /** Somebody said something on the plaza that is no event: a newspaper, a howdy. */
  record Active(String name) implements Presence {}

  /** Nothing was heard of somebody for so long that it is taken for gone. */
  record Missing(String name) implements Presence {}

  /**
   * Somebody who answered this node's announcement told what it remembers of this node: its word,
   * under no signature.
   *
   * @param name who remembers
   * @param uptime its own, in seconds, as it tells: what its word weighs
   * @param observation what it remembers of this node
   */
  record ObservationReceived(String name, long uptime, HowdyObservation observation)
      implements Presence {}
}
