package nara.mesh.server;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * Requests of the mesh server to the part that handles the messages of {@code POST /mesh/message}.
 *
 * @param <R> the type of the reply
 */
public sealed interface MessageRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.mesh.message";

  /**
   * A peer sent a message.
   *
   * @param sender the name that signed the request
   * @param host the source address of the connection
   * @param body unread
   */
  record ReceiveMessage(String sender, String host, byte[] body)
      implements MessageRequest<MessageReplies> {}

  /** The body of the response: empty unless a reply cannot be sent by itself. */
  record MessageReplies(byte[] body) implements BusMessage {}
}
