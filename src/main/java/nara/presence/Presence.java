package nara.presence;

import java.time.Instant;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.identity.PublicKey;

/** News about the presence of other naras, published at {@link #ADDRESS}. */
public sealed interface Presence extends BusMessage {
  /** The bus address of the news. */
  String ADDRESS = "nara.presence";

  /** The name of the nara that the news is about. */
  String name();

  /**
   * A nara is online. The source is a verified hey_there, newspaper or howdy, an announcement in
   * the ledger, or an exchange of zines.
   *
   * @param id its nara id, or empty
   * @param address its mesh address, or empty
   * @param key its key, if the source has one
   * @param firstHand whether the nara itself is the source; otherwise another nara's howdy named it
   * @param addressSigned whether the nara's signature covers the address
   */
  record Online(
      String name,
      String id,
      String address,
      Optional<PublicKey> key,
      boolean firstHand,
      boolean addressSigned)
      implements Presence {
    /** The address is as first-hand as the news. */
    public Online(
        String name, String id, String address, Optional<PublicKey> key, boolean firstHand) {
      this(name, id, address, key, firstHand, firstHand);
    }
  }

  /**
   * A nara left with a verified chau.
   *
   * @param firstHand from the broker just now. Anybody can pass on the chau of a nara that has come
   *     back since.
   * @param leftAt by its own clock
   */
  record Offline(String name, boolean firstHand, Instant leftAt) implements Presence {}

  /** A nara published a newspaper or a howdy. Both carry its status, but they are no events. */
  record Active(String name, boolean shortMemory) implements Presence {}

  /** A nara was silent for so long that it counts as missing. */
  record Missing(String name) implements Presence {}

  /**
   * A nara answered this node's announcement and reported when this node first started. The report
   * is not signed.
   *
   * @param uptime the nara's own uptime in seconds, by its own report: the weight of its report
   * @param startTime Unix seconds, 0 when unknown
   */
  record ObservationReceived(String name, long uptime, long startTime) implements Presence {}
}
