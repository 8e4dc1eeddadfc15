package nara.plaza;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttMessageType;

/**
 * Takes messages that are too large out of what a broker sends, while they come, so that nothing of
 * them is held.
 *
 * <p>Without it the decoder gives the whole connection up at the first one. Anybody may publish
 * one, and a broker may keep it and send it again to whoever subscribes: then no node would ever be
 * connected for longer than a moment. Only publications are taken out; of QoS 0, which is all that
 * is subscribed to, nobody waits for an acknowledgement.
 */
final class OversizedMessages extends ChannelInboundHandlerAdapter {
  /** A type, and a length of at most four bytes of seven bits each. */
  private static final int MOST_HEAD = 5;

  private static final int MORE = 0x80;

  private final int mostBytes;
  private final Runnable onDropped;

  private final byte[] head = new byte[MOST_HEAD];
  private int headLength;
  private long left;
  private boolean dropping;

  /**
   * For one connection.
   *
   * @param mostBytes of a message, without its type and length
   * @param onDropped called for each message that is taken out, on the connection's event loop
   */
  OversizedMessages(int mostBytes, Runnable onDropped) {
    this.mostBytes = mostBytes;
    this.onDropped = onDropped;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      while (bytes.isReadable()) {
        if (left > 0) {
          pass(context, bytes);
        } else {
          readHead(context, bytes.readByte());
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void pass(ChannelHandlerContext context, ByteBuf bytes) {
    int count = (int) Math.min(left, bytes.readableBytes());
    left -= count;
    if (dropping) {
      bytes.skipBytes(count);
    } else {
      context.fireChannelRead(bytes.readRetainedSlice(count));
    }
  }

  private void readHead(ChannelHandlerContext context, byte next) {
    head[headLength++] = next;
    boolean whole = headLength > 1 && (next & MORE) == 0;
    if (!whole && headLength < MOST_HEAD) {
      return;
    }
    left = 0;
    for (int i = headLength - 1; i > 0; i--) {
      left = left << 7 | head[i] & (MORE - 1);
    }
    // A length that goes on is no MQTT: the decoder shall see it and say so.
    dropping =
        whole && left > mostBytes && (head[0] & 0xf0) >> 4 == MqttMessageType.PUBLISH.value();
    if (dropping) {
      onDropped.run();
    } else {
      context.fireChannelRead(Unpooled.copiedBuffer(head, 0, headLength));
    }
    headLength = 0;
  }
}
