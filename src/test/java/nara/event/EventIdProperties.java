package nara.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import nara.event.json.EventReader;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class EventIdProperties {
  @Property
  void id_parses_its_own_text(
      @ForAll long high, @ForAll long low, @ForAll @IntRange(max = 9) int offset) {
    EventId id = new EventId(high, low);
    byte[] text = ("x".repeat(offset) + id + '"').getBytes(ISO_8859_1);
    assertThat(EventId.parse(id.toString())).contains(id);
    assertThat(EventId.parse(text, offset)).isEqualTo(id);
    assertThat(EventId.isHex(text, offset)).isTrue();
    assertThat(EventId.isHex(text, offset + 1)).isFalse();
    assertThat(id.matchesHex(id.toString())).isTrue();
  }

  @Property
  void id_does_not_match_a_text_with_one_other_character(
      @ForAll long high,
      @ForAll long low,
      @ForAll @IntRange(max = EventId.HEX_LENGTH - 1) int at,
      @ForAll char other) {
    EventId id = new EventId(high, low);
    StringBuilder changed = new StringBuilder(id.toString());
    changed.setCharAt(at, other);
    String text = changed.toString();
    Optional<EventId> read = EventId.parse(text);
    assertThat(id.matchesHex(text)).isEqualTo(text.equals(id.toString()));
    assertThat(read.isPresent()).isEqualTo("0123456789abcdef".indexOf(other) >= 0);
    assertThat(id.matchesHex(text + "0")).isFalse();
  }

  @Property
  void peek_finds_an_id_exactly_when_one_is_present(
      @ForAll long high, @ForAll long low, @ForAll @IntRange(max = 50) int at, @ForAll byte other) {
    byte[] json = ("{\"id\":\"" + new EventId(high, low) + "\",\"ts\":1234}").getBytes(ISO_8859_1);
    json[at % json.length] = other;
    assertThat(EventReader.hasPeekableId(json, 0, json.length))
        .isEqualTo(EventReader.peekId(json, 0, json.length).isPresent());
  }
}
