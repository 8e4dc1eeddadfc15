package nara.mesh;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * A journey that a peer sends to the mesh server.
 *
 * <p>The mesh server has authenticated the peer, and sends the request to {@link #ADDRESS}. A node
 * that passes on no journeys does not serve it.
 *
 * @param <R> the type of the reply
 */
public sealed interface RelayRequest<R extends BusMessage> extends Request<R> {
  /** The address of the journeys. */
  String ADDRESS = "nara.mesh.journey";

  /**
   * Passes a journey on.
   *
   * @param sender the authenticated name of the peer
   * @param json the body of its request, not read yet; nobody changes it
   */
  record RelayJourney(String sender, byte[] json) implements RelayRequest<RelayOutcome> {}

  /**
   * The reply: status 200 when the journey is verified and taken. It does not wait until the next
   * nara has taken it.
   *
   * @param text why it is refused; otherwise empty
   */
  record RelayOutcome(int status, String text) implements BusMessage {
    public boolean isTaken() {
      return status == 200;
    }
  }
}
