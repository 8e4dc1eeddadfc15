package nara.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import nara.event.EventId;
import nara.event.json.JsonSpans.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RawEventsTest {
  private static final String HEX = "00112233445566778899aabbccddeeff";
  private static final String ID = "{\"id\":\"" + HEX + '"';
  private static final EventId EVENT_ID = EventId.parse(HEX).orElseThrow();

  @ParameterizedTest
  @CsvSource({
    "1795000000123456789, 1795000000123456789",
    "9223372036854775807, 9223372036854775807",
    "0, 0",
    "-5, -5",
    "-9223372036854775808, -9223372036854775808",
  })
  void timestamp_is_read_to_the_last_digit(String text, long ts) {
    RawEvents events = raw(ID + ",\"ts\":" + text + ",\"svc\":\"ping\"}");

    assertThat(events.hasTs(0)).isTrue();
    assertThat(events.ts(0)).isEqualTo(ts);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "9999999999999999999",
        "99999999999999999999",
        "000000000000000000005",
        "1.5",
        "1e9",
        "",
        "\"1\"",
        "-",
        "1-1",
      })
  void text_that_is_no_whole_number_of_64_bits_is_no_timestamp(String text) {
    assertThat(raw(ID + ",\"ts\":" + text + ",\"svc\":\"ping\"}").hasTs(0)).isFalse();
  }

  @Test
  void timestamp_is_found_when_the_event_does_not_begin_with_its_id() {
    RawEvents events = raw("{\"ts\":17,\"id\":\"x\"}");

    assertThat(events.id(0)).isNull();
    assertThat(events.ids()).isEmpty();
    assertThat(events.ts(0)).isEqualTo(17);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\t%s,\"ts\":17}", "{\"ts\":17,%s}", "{\"x\":{},\"ts\":17 , %s }"})
  void id_is_found_wherever_it_stands(String form) {
    RawEvents events = raw(form.formatted(ID.substring(1)));

    assertThat(events.ids()).containsExactly(EVENT_ID);
    assertThat(events.ts(0)).isEqualTo(17);
  }

  @Test
  void timestamp_is_found_when_it_does_not_follow_the_id() {
    RawEvents events = raw(ID + ",\"svc\":\"ping\",\"ts\":17}");

    assertThat(events.id(0)).isEqualTo(EVENT_ID);
    assertThat(events.ts(0)).isEqualTo(17);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\r17,", " 17,", "17 ,", "\t17\n,"})
  void timestamp_is_found_between_white_space(String number) {
    RawEvents events = raw(ID + ",\"ts\":" + number + "\"svc\":\"ping\"}");

    assertThat(events.id(0)).isEqualTo(EVENT_ID);
    assertThat(events.ts(0)).isEqualTo(17);
    assertThat(events.services()).containsExactly("ping");
  }

  @Test
  void timestamp_is_found_at_the_end_of_an_event() {
    assertThat(raw(ID + ",\"ts\":17}").ts(0)).isEqualTo(17);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[1]", "{", "{\"ts\":1,\"ts\":1}"})
  void bytes_that_are_no_event_have_neither_id_nor_timestamp(String text) {
    RawEvents events = raw(text);

    assertThat(events.size()).isEqualTo(1);
    assertThat(events.id(0)).isNull();
    assertThat(events.hasTs(0)).isFalse();
    assertThat(events.read(0, new EventReader()).validationError()).isPresent();
  }

  @Test
  void services_are_collected_known_or_not() {
    assertThat(raw(ID + ",\"ts\":1,\"svc\":\"hey-there\",\"x\":1}").services())
        .containsExactly("hey-there");
    assertThat(raw(ID + ",\"ts\":1,\"svc\":\"hey-therе\",\"x\":1}").services())
        .containsExactly("hey-therе");
    assertThat(raw(ID + ",\"ts\":1,\"svc\":\"pin\",\"x\":1}").services()).containsExactly("pin");
    assertThat(raw(ID + ",\"ts\":1,\"x\":1,\"svc\":\"ping\"}").services()).isEmpty();
  }

  @Test
  void joined_events_keep_their_order_and_their_bytes() {
    List<byte[]> events = bytes(ID + ",\"ts\":1}", "{\"id\":\"x\"}", ID + ",\"ts\":1}");

    RawEvents joined = RawEvents.join(events);

    assertThat(joined.spans().stream().map(span -> span.text(joined.json())))
        .containsExactlyElementsOf(events.stream().map(e -> new String(e, UTF_8)).toList());
    assertThat(joined.ids()).containsExactly(EVENT_ID, EVENT_ID);
    assertThat(joined.isSame(0, 2)).isTrue();
    assertThat(joined.isSame(0, 1)).isFalse();
    assertThat(joined.isSame(1, events.get(1))).isTrue();
    assertThat(joined.isSame(1, events.get(0))).isFalse();
  }

  @Test
  void hash_of_the_ids_covers_every_claimed_id_as_text() {
    String[] texts = {
      ID + ",\"ts\":1}",
      "{\"ts\":1,\"id\":\"later\"}",
      "{\"id\":\"caf\\u00e9\"}",
      "{\"ts\":1}",
      "{\"id\":7}",
      "{\"id\":\"twice\",\"ts\":1,\"ts\":1}",
      "no event",
    };
    byte[] expected = sha256().digest((HEX + "later" + "café" + "twice").getBytes(UTF_8));

    MessageDigest batch = sha256();
    RawEvents.join(bytes(texts)).hashIds(batch);
    MessageDigest each = sha256();
    bytes(texts).forEach(event -> RawEvents.hashId(each, event));

    assertThat(batch.digest()).isEqualTo(expected);
    assertThat(each.digest()).isEqualTo(expected);
  }

  @Test
  void bytes_around_the_spans_are_not_read() {
    byte[] json = ("[" + ID + ",\"ts\":12],\"svc\":\"ping\"}").getBytes(UTF_8);
    int length = ID.length() + ",\"ts\":1".length();

    RawEvents events = RawEvents.of(json, List.of(new Span(1, length)));

    assertThat(events.id(0)).isEqualTo(EVENT_ID);
    assertThat(events.hasTs(0)).isFalse();
    assertThat(events.services()).isEmpty();
  }

  private static RawEvents raw(String event) {
    return RawEvents.of(event.getBytes(UTF_8));
  }

  private static List<byte[]> bytes(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new AssertionError(missing);
    }
  }
}
