package nara.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "100.64.0.7, 100.64.0.7, 7433",
    "127.0.0.1:9001, 127.0.0.1, 9001",
    "lisa.example, lisa.example, 7433",
    "[fd7a::1], fd7a::1, 7433",
    "[::1]:80, ::1, 80",
    "[fe80::1%eth0], fe80::1%eth0, 7433",
  })
  void address_has_a_host_and_an_optional_port(String text, String host, int port) {
    assertThat(PeerAddress.parse(text)).contains(new PeerAddress(host, port));
    assertThat(PeerAddress.parse(new PeerAddress(host, port).toString()))
        .contains(new PeerAddress(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "host:",
        "host:0",
        "host:65536",
        "host:-1",
        "a b",
        "a/b",
        "http://a",
        "a@b",
        "a\r\nHost: b",
        "::1",
        "[",
        "[]:5",
        "host:80:80",
        "100.64.0.1:",
        "-a:1",
        "user@host",
        "host:1/x",
        "[::1",
        "host:٣"
      })
  void other_text_is_no_address(String text) {
    assertThat(PeerAddress.parse(text)).isEmpty();
  }
}
