package nara.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nara.demo.TopicFilter;
import nara.mqtt.BrokerUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "a/b", "+", "#", "a+", "a\nb", "a\0b", "\uD83C", "a\uDC00b", "\uFFFF"})
  void name_with_separator_wildcard_or_control_character_is_rejected(String name) {
    assertThat(Topics.nameError(name)).isPresent();
    assertThatThrownBy(() -> Topics.request(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Topics.response(name)).isInstanceOf(IllegalArgumentException.class);
    assertThat(Topics.publisherOf("nara/newspaper/" + name)).isEmpty();
  }

  @Test
  void long_name_is_rejected() {
    assertThat(Topics.nameError("n".repeat(10_000))).isPresent();
    assertThat(Topics.nameError("名".repeat(400))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lisa", "jörg & <söhne>", "名前", "🎉", "nine:colons::x", "$x", " "})
  void other_names_are_allowed_in_a_topic(String name) {
    assertThat(Topics.nameError(name)).isEmpty();
    assertThat(Topics.publisherOf(Topics.newspaper(name))).contains(name);
  }

  @Test
  void read_only_node_does_not_subscribe_to_requests() {
    assertThat(Topics.subscriptionsOf("lisa", true))
        .noneMatch(topic -> topic.startsWith("nara/ledger"));
    assertThat(Topics.subscriptionsOf("lisa", false))
        .contains("nara/ledger/lisa/request", "nara/ledger/lisa/response");
    assertThat(Topics.subscriptionsOf("a/b", false))
        .noneMatch(topic -> topic.startsWith("nara/ledger"));
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b, true",
    "a/b, a/c, false",
    "a/b, a, false",
    "a, a/b, false",
    "a/+, a/b, true",
    "a/+, a/, true",
    "a/+, a, false",
    "a/+, a/b/c, false",
    "+/+/request, x/y/request, true",
    "nara/ledger/+/request, nara/ledger/lisa/response, false",
    "a/#, a/b/c, true",
    "a/#, a, true",
    "a/#, ab, false",
    "'#', a/b, true",
    "'#', $SYS/x, false",
    "+/x, $SYS/x, false",
    "$SYS/#, $SYS/x, true"
  })
  void filters_match_as_in_the_mqtt_specification(String filter, String topic, boolean matches) {
    assertThat(TopicFilter.parse(filter).orElseThrow().matches(topic)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a#", "#/a", "a/#/b", "a+/b", "+a", "a\0"})
  void invalid_topic_filter_is_rejected(String filter) {
    assertThat(TopicFilter.parse(filter)).isEmpty();
  }

  @Test
  void broker_url_is_read() {
    assertThat(BrokerUrl.parse("mqtt://h")).isEqualTo(new BrokerUrl("h", 1883, false));
    assertThat(BrokerUrl.parse("mqtts://h/")).isEqualTo(new BrokerUrl("h", 8883, true));
    assertThat(BrokerUrl.parse("tcp://stack_broker:99"))
        .isEqualTo(new BrokerUrl("stack_broker", 99, false));
    assertThat(BrokerUrl.parse("tls://h")).isEqualTo(new BrokerUrl("h", 8883, true));
    assertThat(BrokerUrl.parse("mqtt://[::1]:99")).isEqualTo(new BrokerUrl("::1", 99, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h:1883",
        "http://h",
        "mqtt://",
        "mqtt://h:0",
        "mqtt://h:99999",
        "mqtt://h/x",
        "mqtt://h?x",
        "mqtt://h h",
        "mqtt:opaque",
        "mqtt://user:secret@h"
      })
  void invalid_broker_url_is_rejected_without_its_password(String url) {
    assertThatThrownBy(() -> BrokerUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the broker's URL must be mqtt://host:port")
        .hasMessageNotContaining("secret");
  }
}
