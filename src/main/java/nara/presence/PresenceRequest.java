package nara.presence;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * A request to {@link PresenceVerticle}.
 *
 * @param <R> the type of the reply
 */
public sealed interface PresenceRequest<R extends BusMessage> extends Request<R> {
  /** The bus address of the presence verticle. */
  String ADDRESS = "nara.presence.requests";

  /** Announces this node, unless the last announcement is too recent. */
  record Announce() implements PresenceRequest<Announced> {}

  /**
   * The reply to {@link Announce}. It does not wait until the event is merged.
   *
   * @param heyThere the latest signed hey_there event; empty when the node is read-only or has said
   *     goodbye
   */
  record Announced(byte[] heyThere) implements BusMessage {}

  /** Says goodbye. The first request signs the event; later ones get the same event. */
  record SayGoodbye() implements PresenceRequest<GoodbyeSaid> {}

  /**
   * The reply to {@link SayGoodbye}. It does not wait until the event is merged.
   *
   * @param chau the signed chau event; empty when the node is read-only, or when another cluster
   *     member continues this nara
   */
  record GoodbyeSaid(byte[] chau) implements BusMessage {}
}
