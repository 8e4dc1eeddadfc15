package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OversizedPublishFilterTest {
  private static final int MOST = 300;
  private static final int PUBLISH = 0x30;
  private static final int SUBACK = 0x90;

  @Test
  void filter_drops_only_oversized_publishes_for_every_split_of_the_bytes() {
    byte[] sent =
        joined(
            message(PUBLISH, 5),
            message(PUBLISH, MOST + 1),
            message(0xd0, 0),
            message(PUBLISH, MOST),
            message(PUBLISH, 20_000),
            message(PUBLISH, 0),
            message(SUBACK, MOST + 1),
            message(PUBLISH, 7));
    byte[] kept =
        joined(
            message(PUBLISH, 5),
            message(0xd0, 0),
            message(PUBLISH, MOST),
            message(PUBLISH, 0),
            message(SUBACK, MOST + 1),
            message(PUBLISH, 7));
    for (int cut : new int[] {1, 2, 3, 7, 64, 299, 1_000, 100_000}) {
      AtomicInteger dropped = new AtomicInteger();
      assertThat(through(sent, cut, dropped)).as("cut at %d", cut).isEqualTo(kept);
      assertThat(dropped).hasValue(2);
    }
  }

  @Test
  void filter_passes_a_length_of_more_than_four_bytes_to_the_decoder() {
    byte[] broken = {PUBLISH, -1, -1, -1, -1, 1, 2, 3};
    AtomicInteger dropped = new AtomicInteger();
    assertThat(through(broken, 1, dropped)).startsWith(PUBLISH, -1, -1, -1, -1);
    assertThat(dropped).hasValue(0);
  }

  private static byte[] through(byte[] bytes, int cut, AtomicInteger dropped) {
    EmbeddedChannel channel =
        new EmbeddedChannel(new OversizedPublishFilter(MOST, dropped::incrementAndGet));
    for (int at = 0; at < bytes.length; at += cut) {
      int count = Math.min(cut, bytes.length - at);
      ByteBuf part = Unpooled.copiedBuffer(bytes, at, count);
      channel.writeInbound(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      out.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }
    channel.finish();
    return out.toByteArray();
  }

  private static byte[] message(int type, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(type);
    int left = length;
    do {
      int digit = left & 0x7f;
      left >>= 7;
      out.write(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    for (int i = 0; i < length; i++) {
      out.write(i * 31 + type);
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
