package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of durations, addresses, ranges and brokers. */
class ConfigFormatsTest {
  @ParameterizedTest
  @CsvSource({"0s, 0", "500ms, 500", "30s, 30000", "5m, 300000", "24h, 86400000"})
  void duration_is_a_whole_number_and_its_unit(String text, long millis) {
    assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "s", "-1s", "1.5s", "1 s", "1S", "1d", "1m30s", "9999999999999999s"})
  void malformed_durations_are_rejected(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @Test
  void peer_name_may_contain_an_at_sign_but_may_not_be_empty() {
    assertThat(AddressParser.peer("a@b@c:1").orElseThrow().name()).isEqualTo("a@b");
    assertThat(AddressParser.peer("@c:1")).isEmpty();
    assertThat(AddressParser.peer("a@c:0")).isEmpty();
    assertThat(AddressParser.peer("a@")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "100.64.0.0/24, true",
    "10.0.0.0/16, true",
    "10.0.0.1/32, true",
    "10.0.0.0/15, false",
    "10.0.0.0/33, false",
    "10.0.0.256/24, false",
    "10.0.0/24, false",
    "10.0.0.0, false",
    "fd00::/120, false"
  })
  void range_is_ipv4_with_at_most_65536_addresses(String text, boolean valid) {
    assertThat(AddressParser.isCidr(text)).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "mqtt://127.0.0.1:1883, true",
    "mqtts://broker.example, true",
    "mqtt://[::1]:1883/, true",
    "'', true",
    "127.0.0.1:1883, false",
    "http://broker:1, false",
    "mqtt://user:secret@broker, false",
    "mqtt://broker:0, false",
    "mqtt://broker:70000, false",
    "mqtt://broker/topic, false",
    "mqtt:broker, false",
    "mqtt://bro ker, false"
  })
  void broker_is_a_url_without_user_and_path(String text, boolean valid) {
    assertThat(AddressParser.isBrokerUrl(text)).isEqualTo(valid);
  }

  @Test
  void edit_distance_counts_changed_letters() {
    assertThat(ConfigSection.editDistance("port", "port")).isZero();
    assertThat(ConfigSection.editDistance("prot", "port")).isEqualTo(2);
    assertThat(ConfigSection.editDistance("", "port")).isEqualTo(4);
    assertThat(ConfigSection.editDistance("max_event", "max_events")).isEqualTo(1);
  }
}
