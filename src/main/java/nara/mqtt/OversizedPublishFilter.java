package nara.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttMessageType;

/**
 * Drops oversized PUBLISH packets from the broker while their bytes arrive, so that none is held.
 *
 * <p>Without this filter, the decoder closes the connection at the first oversized packet. Anybody
 * can publish one, and the broker may retain it and send it to each new subscriber. Then no node
 * could stay connected.
 */
final class OversizedPublishFilter extends ChannelInboundHandlerAdapter {
  /** One byte for the type, and at most four for the length, with seven bits each. */
  private static final int MAX_HEADER_BYTES = 5;

  private static final int CONTINUATION_BIT = 0x80;

  private final int maxBytes;
  private final Runnable onDropped;

  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private int headerLength;
  private long remainingBytes;
  private boolean dropping;

  /**
   * A filter for one connection. {@code maxBytes} limits a packet without its type and length;
   * {@code onDropped} runs for each dropped packet, on the connection's event loop.
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
    // A longer length is not valid MQTT. The decoder reports it.
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
