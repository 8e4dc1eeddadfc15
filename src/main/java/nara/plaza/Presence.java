package nara.plaza;

import java.util.Optional;
import nara.bus.BusMessage;
import nara.identity.PublicKey;

/** What is told at {@link #ADDRESS} when somebody's presence changes on the plaza. */
public sealed interface Presence extends BusMessage {
  /** Where presence is told. */
  String ADDRESS = "nara.presence";

  String name();

  /**
   * Somebody is there: a verified hey_there, or a howdy (its sender, or a neighbour that it names).
   *
   * @param name its name
   * @param id its nara id, or empty
   * @param address its mesh address, or empty
   * @param key its key, where the message carried one
   * @param firstHand whether it spoke itself; otherwise a howdy told of it
   */
  record Present(String name, String id, String address, Optional<PublicKey> key, boolean firstHand)
      implements Presence {}

  /** Somebody left with a verified chau. */
  record Left(String name) implements Presence {}
}
