package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredPeerTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9001, '', 127.0.0.1:9001",
    "bart@127.0.0.1:9001, bart, 127.0.0.1:9001",
    "bart@bart.local:7433, bart, bart.local:7433",
    "b@rt@host:1, b@rt, host:1",
    "[::1]:65535, '', [::1]:65535",
    "lisa@[fd7a:115c:a1e0::1]:7433, lisa, [fd7a:115c:a1e0::1]:7433",
    "bart@bart.local, bart, bart.local:7433",
    "[::1], '', [::1]:7433",
  })
  void peer_parses_with_and_without_a_name(String text, String name, String address) {
    assertThat(ConfiguredPeer.parse(text)).isEqualTo(new ConfiguredPeer(name, address));
  }

  @ParameterizedTest
  @CsvSource({
    "'', has no host",
    "bart@, has no host",
    "@host:1, has no name before its @",
    ":7433, has no host",
    "[]:7433, has no host",
    "host:, a port that is not a number",
    "host:0, a port that is not a number",
    "host:65536, a port that is not a number",
    "host:-1, a port that is not a number",
    "host:٣, a port that is not a number",
    "host:99999999999999999999, a port that is not a number",
    "::1:7433, is not HOST:PORT",
    "[host]:7433, has no IPv6 address",
    "[fe80::1%eth0]:7433, has a zone; give an address without one",
    "host/path:7433, an invalid host name",
    "'ho st:7433', an invalid host name",
    "-host:7433, an invalid host name",
    "http://host:7433, is a URL",
    "http://user:secret@host:7433, is a URL",
  })
  void invalid_peer_is_rejected_with_reason(String text, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConfiguredPeer.parse(text))
        .withMessageContaining(sentence);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_025, 10_000_000})
  void overlong_name_is_rejected_in_a_short_sentence(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConfiguredPeer.parse("x".repeat(length) + "@host:1"))
        .withMessageContaining("more than 1024 characters")
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void overlong_host_is_rejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConfiguredPeer.parse("h".repeat(254) + ":1"))
        .withMessageContaining("host");
  }

  @Test
  void error_contains_no_line_break_of_the_input() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConfiguredPeer.parse("host\n\u202Eevil"))
        .satisfies(
            refused ->
                assertThat(refused.getMessage()).doesNotContain("\n").doesNotContain("\u202E"));
  }
}
