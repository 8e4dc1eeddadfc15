package nara.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Passes immutable messages by reference; they cannot leave the JVM. */
final class LocalCodec implements MessageCodec<BusMessage, BusMessage> {
  static final String NAME = "nara";

  @Override
  public void encodeToWire(Buffer buffer, BusMessage message) {
    throw new IllegalStateException(message.getClass() + " must not leave this JVM");
  }

  @Override
  public BusMessage decodeFromWire(int position, Buffer buffer) {
    throw new IllegalStateException("local messages cannot come from another JVM");
  }

  @Override
  public BusMessage transform(BusMessage message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1; // a user codec
  }
}
