package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class BrokerFailureTest {
  private static final BrokerUrl URL = BrokerUrl.parse("mqtt://h");

  @Test
  void http_server_at_the_port_is_no_mqtt_broker() {
    assertThat(describe(new DecoderException("Illegal BIT 3 in fixed header of PUBACK message")))
        .isEqualTo("what answers at this port is no MQTT broker; check plaza.url");
  }

  @Test
  void message_that_is_too_long_and_a_failed_handshake_come_from_a_broker() {
    assertThat(describe(new DecoderException(new TooLongFrameException("long"))))
        .isEqualTo("it sent a message of over 9 bytes");
    assertThat(describe(new DecoderException(new SSLHandshakeException("no cipher"))))
        .doesNotContain("no MQTT broker");
  }

  private static String describe(Throwable failure) {
    return BrokerFailure.describe(failure, URL, 9);
  }
}
