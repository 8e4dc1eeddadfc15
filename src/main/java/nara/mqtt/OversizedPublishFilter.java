package nara.mqtt;

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
final class OversizedPublishFilter extends ChannelInboundHandlerAdapter {
  /** A type, and a length of at most four bytes of seven bits each. */
  private static final int MAX_HEADER_BYTES = 5;

  private static final int CONTINUATION_BIT = 0x80;

  private final int maxBytes;
  private final Runnable onDropped;

  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private int headerLength;
  private long remainingBytes;
  private boolean dropping;

  /**
   * For one connection.
   *
   * @param maxBytes of a message, without its type and length
   * @param onDropped called for each message that is taken out, on the connection's event loop
   */
  OversizedPublishFilter(int maxBytes, Runnable onDropped) {
    this.maxBytes = maxBytes;
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
        if (remainingBytes > 0) {
          forwardOrSkip(context, bytes);
        } else {
          readHeader(context, bytes.readByte());
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void forwardOrSkip(ChannelHandlerContext context, ByteBuf bytes) {
    int count = (int) Math.min(remainingBytes, bytes.readableBytes());
    remainingBytes -= count;
    if (dropping) {
      bytes.skipBytes(count);
    } else {
      context.fireChannelRead(bytes.readRetainedSlice(count));
    }
  }

  private void readHeader(ChannelHandlerContext context, byte next) {
    header[headerLength++] = next;
    boolean complete = headerLength > 1 && (next & CONTINUATION_BIT) == 0;
    if (!complete && headerLength < MAX_HEADER_BYTES) {
      return;
    }
    remainingBytes = 0;
    for (int i = headerLength - 1; i > 0; i--) {
      remainingBytes = remainingBytes << 7 | header[i] & (CONTINUATION_BIT - 1);
    }
    // A length that goes on is no MQTT: the decoder shall see it and say so.
    dropping =
        complete
            && remainingBytes > maxBytes
            && (header[0] & 0xf0) >> 4 == MqttMessageType.PUBLISH.value();
    if (dropping) {
      onDropped.run();
    } else {
      context.fireChannelRead(Unpooled.copiedBuffer(header, 0, headerLength));
    }
    headerLength = 0;
  }
}
