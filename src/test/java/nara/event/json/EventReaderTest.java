package nara.event.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import nara.event.ReadResult;
import nara.event.ReadResult.ParsedEvent;
import nara.event.ReadResult.Unreadable;
import nara.testing.Altered;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String SOCIAL = "'social':{'type':'tease','actor':'a','target':'b'}";
  private static final long NOW = 1_790_000_000_000_000_000L;

  private final EventReader reader = new EventReader();

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "0123456", "zz", "0123456789ABCDEF0123456789ABCDEF"})
  void id_of_another_form_is_kept_and_does_not_match(String id) {
    ParsedEvent event = (ParsedEvent) read("{'id':'" + id + "','ts':1,'svc':'social'," + SOCIAL);

    assertThat(event.claimedId()).isEqualTo(id);
    assertThat(event.idMatches()).isFalse();
  }

  @Test
  void absent_id_does_not_match() {
    assertThat(((ParsedEvent) read("{'ts':1,'svc':'social'," + SOCIAL)).idMatches()).isFalse();
  }

  @Test
  void verified_event_keeps_its_bytes_and_is_hashed_when_somebody_asks() {
    byte[] json =
        ("{'id':'%s','ts':1,'svc':'social','emitter':'a','sig':'AAAA',%s}".formatted(ID, SOCIAL))
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8);

    ParsedEvent verified = (ParsedEvent) reader.readVerified(json);

    assertThat(verified.event().json()).isSameAs(json);
    assertThat(verified.signedHash()).isNull();
    assertThat(verified.signableHash()).isEqualTo(((ParsedEvent) reader.read(json)).signedHash());
  }

  @ParameterizedTest
  @MethodSource("paddings")
  void padding_is_dropped_when_it_takes_more_than_128_bytes(String padded) {
    byte[] plain = Citizen.named("lisa").tease(1, "bart");
    ParsedEvent honest = (ParsedEvent) reader.read(plain);
    String json = new String(plain, StandardCharsets.UTF_8);
    String altered = Altered.replace(json, "{\"id\":", "{" + padded + "\"id\":");

    ParsedEvent read = (ParsedEvent) reader.read(utf8(altered));

    assertThat(read.event().json()).isEqualTo(plain);
    assertThat(read.signedHash()).isEqualTo(honest.signedHash());
    assertThat(read.event().signature().orElseThrow())
        .isEqualTo(honest.event().signature().orElseThrow());
    assertThat(read.event().isCompact()).isTrue();
  }

  static Stream<String> paddings() {
    return Stream.of(
        " ".repeat(129),
        "\n\t".repeat(7_000),
        "\"junk\":\"" + "x".repeat(15_000) + "\",",
        "\"junk\":{\"id\":[1.50,true,null,{\"ts\":\"" + "}".repeat(200) + "\"}]},");
  }

  @Test
  void padding_within_a_payload_is_dropped_too() {
    byte[] plain = Citizen.named("lisa").tease(1, "bart");
    String json = new String(plain, StandardCharsets.UTF_8);
    String junk = "\"junk\":\"" + "x".repeat(15_000) + "\",";
    String altered = Altered.replace(json, "\"social\":{", "\"social\":{ " + junk);

    assertThat(((ParsedEvent) reader.read(utf8(altered))).event().json()).isEqualTo(plain);
  }

  @Test
  void few_unknown_fields_are_kept_and_the_form_is_not_compact() {
    byte[] plain = Citizen.named("lisa").tease(1, "bart");
    byte[] json =
        utf8(
            Altered.replace(
                new String(plain, StandardCharsets.UTF_8), "{\"id\":", "{\"v\":2,\"id\":"));

    ParsedEvent read = (ParsedEvent) reader.read(json);

    assertThat(read.event().json()).isEqualTo(json);
    assertThat(read.event().isCompact()).isFalse();
  }

  static Stream<Arguments> refused() {
    String digits = "9".repeat(1_000_000);
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    return Stream.of(
        Arguments.of("[1]", "not a JSON object"),
        Arguments.of("7", "not a JSON object"),
        Arguments.of("{'id':'" + ID + "'", "not JSON"),
        Arguments.of(event("'svc':'social'"), "social without its payload"),
        Arguments.of(event("'svc':'social','social':null"), "social without its payload"),
        Arguments.of(event("'svc':'ping'," + SOCIAL), "ping with the payload of social"),
        Arguments.of(event("'svc':'what'," + SOCIAL), "unknown service 'what'"),
        Arguments.of(event(SOCIAL), "unknown service ''"),
        Arguments.of(
            event("'svc':'social'," + SOCIAL + ",'seen':{}"), "seen is one object too many"),
        Arguments.of(event("'svc':'social'," + SOCIAL + "," + SOCIAL), "key 'social' twice"),
        Arguments.of(event("'svc':'social','social':{'type':'tease','type':'x'}"), "'type' twice"),
        Arguments.of(event("'svc':'social','social':[1]"), "social is not an object"),
        Arguments.of(event("'svc':7"), "svc is not a text"),
        Arguments.of(event("'svc':'ping','ping':{'rtt':'1'}"), "rtt is not a number"),
        Arguments.of(event("'svc':'ping','ping':{'rtt':1e400}"), "rtt is too large"),
        Arguments.of(event("'svc':'ping','ping':{'rtt':NaN}"), "not JSON"),
        Arguments.of(event("'svc':'observation','observation':{'is_backfill':1}"), "neither true"),
        Arguments.of(event("'svc':'checkpoint','checkpoint':{'voter_ids':'x'}"), "not a list"),
        Arguments.of(event("'svc':'checkpoint','checkpoint':{'voter_ids':[7]}"), "not a text"),
        Arguments.of(
            event("'svc':'checkpoint','checkpoint':{'voter_ids':[" + "'v',".repeat(64) + "'v']}"),
            "more than 64"),
        Arguments.of(event("'svc':'checkpoint','checkpoint':{'observation':1}"), "not an object"),
        Arguments.of("{'ts':1.5}", "ts is not a whole number"),
        Arguments.of("{'ts':1e3}", "ts is not a whole number"),
        Arguments.of("{'ts':'1'}", "ts is not a whole number"),
        Arguments.of("{'ts':9223372036854775808}", "ts is outside of 64 bits"),
        Arguments.of("{'ts':" + digits.substring(0, 900) + "}", "ts is outside of 64 bits"),
        Arguments.of("{'ts':" + digits.substring(0, 10_000) + "}", "not JSON"),
        Arguments.of("{'x':" + digits.substring(0, 10_000) + ",'ts':[]}", "not"),
        Arguments.of("{'ts':" + digits + "}", "over the 16384 allowed"),
        Arguments.of("{'x':" + deep + "}", "not JSON"),
        Arguments.of("{'x':" + "{'x':".repeat(1_000) + "1" + "}".repeat(1_001), "not JSON"),
        Arguments.of("{'" + "k".repeat(2_000) + "':1}", "not JSON"),
        Arguments.of(event("'emitter':'" + "n".repeat(10_000) + "'"), "emitter has 10000"),
        Arguments.of("{} {}", "more text after the end"),
        Arguments.of("{'id':'a\nb'}", "not JSON"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("refused")
  void malformed_event_is_unreadable_with_short_reason(String json, String reason) {
    assertThat(reader.read(utf8(json.replace('\'', '"'))))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> {
              assertThat(unreadable.reason()).contains(reason).hasSizeLessThan(200);
              assertThat(unreadable.reason()).doesNotContainPattern("\\p{Cntrl}");
            });
  }

  @Test
  void unreadable_event_reports_its_claimed_id() {
    assertThat(reader.read(utf8("{\"id\":\"" + ID + "\",\"ts\":\"x\"}")).claimedId()).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ID", "Id", "TS", "Svc", "SVC", "Sig", "Emitter", "emitter_ID", "Social", "ſvc"})
  void key_in_another_case_than_a_known_one_is_rejected(String key) {
    // The reference would read it as the known one.
    assertThat(
            read("{'" + key + "':1,'ts':1,'svc':'social'," + SOCIAL)
                .validationError()
                .orElseThrow())
        .contains("only in case");
  }

  @Test
  void payload_key_in_another_case_is_rejected() {
    assertThat(
            read("{'ts':1,'svc':'social','social':{'Actor':'a','target':'b'}")
                .validationError()
                .orElseThrow())
        .contains("'Actor' differs from 'actor'");
  }

  @Test
  void unknown_keys_are_skipped_and_stay_in_the_bytes() {
    String json = "{'later':{'deep':[1,{'x':null}]},'ts':1,'svc':'social'," + SOCIAL;

    ParsedEvent event = (ParsedEvent) read(json);

    assertThat(event.validationError()).isEmpty();
    assertThat(new String(event.event().json(), StandardCharsets.UTF_8)).contains("later");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\ud800            | \uFFFD",
        "\\udc00            | \uFFFD",
        "x\\ud800y          | x\uFFFDy",
        "\\udc00\\ud800     | \uFFFD\uFFFD",
        "\\ud83d\\ude00     | \uD83D\uDE00",
        "\\ud83d\\ud83d\\ude00 | \uFFFD\uD83D\uDE00"
      })
  void lone_surrogate_is_read_as_in_the_reference(String escaped, String read) {
    String json =
        "{'ts':1,'svc':'social','social':{'type':'tease','actor':'" + escaped + "','target':'b'}";

    assertThat(((ParsedEvent) read(json)).event().actor()).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(longs = {-6_795_364_578_871_345_152L, Long.MIN_VALUE, 9_214_646_400_000_000_000L})
  void timestamps_of_all_64_bits_are_read_unchanged(long ts) {
    ParsedEvent event = Citizen.read(Citizen.named("bart").tease(ts, "lisa"));

    assertThat(event.event().ts()).isEqualTo(ts);
    assertThat(event.idMatches()).isTrue();
    assertThat(event.validationError()).isEmpty();
  }

  @Test
  void timestamp_zero_is_a_validation_error() {
    assertThat(read("{'ts':0,'svc':'social'," + SOCIAL).validationError()).contains("ts is zero");
  }

  static Stream<Charset> otherCharsets() {
    return Stream.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")
        .map(Charset::forName);
  }

  @ParameterizedTest
  @MethodSource("otherCharsets")
  void only_utf_8_is_accepted(Charset charset) {
    String json = new String(Citizen.named("bart").tease(NOW, "lisa"), StandardCharsets.UTF_8);

    assertThat(reader.read(json.getBytes(charset)))
        .isInstanceOfSatisfying(
            Unreadable.class, bad -> assertThat(bad.reason()).contains("UTF-8"));
  }

  @Test
  void byte_order_mark_is_rejected() {
    byte[] json = Citizen.named("bart").tease(NOW, "lisa");

    assertThat(reader.read(concat(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, json)))
        .isInstanceOf(Unreadable.class);
  }

  static Stream<byte[]> brokenUtf8() {
    return Stream.of(
        new byte[] {(byte) 0x80},
        new byte[] {(byte) 0xC3},
        new byte[] {(byte) 0xC0, (byte) 0x80},
        new byte[] {(byte) 0xC0, (byte) 0xA2},
        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0xBD, (byte) 0xED, (byte) 0xB8, (byte) 0x80},
        new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        new byte[] {(byte) 0xFF});
  }

  @ParameterizedTest
  @MethodSource("brokenUtf8")
  void bytes_that_are_not_utf_8_are_rejected(byte[] broken) {
    byte[] json =
        concat(
            utf8("{\"ts\":1,\"svc\":\"social\",\"social\":{\"type\":\"tease\",\"actor\":\"a"),
            concat(broken, utf8("\",\"target\":\"b\"}}")));

    assertThat(reader.read(json))
        .isInstanceOfSatisfying(
            Unreadable.class, bad -> assertThat(bad.reason()).contains("UTF-8"));
  }

  @Test
  void event_in_a_buffer_keeps_only_its_own_bytes() {
    byte[] json = Citizen.named("bart").tease(NOW, "lisa");
    byte[] buffer = concat(concat(utf8("[1, "), json), utf8(", 2]"));

    ParsedEvent event = (ParsedEvent) reader.read(buffer, 4, json.length);

    assertThat(event.event().json()).isEqualTo(json).isNotSameAs(buffer);
    assertThat(event.idMatches()).isTrue();
    assertThat(event.event().signature()).isPresent();
  }

  @Test
  void event_with_escaped_signature_is_signed_but_has_no_signature_bytes() {
    String json =
        Altered.match(
            new String(Citizen.named("bart").tease(NOW, "lisa"), StandardCharsets.UTF_8),
            "\"sig\":\".",
            "\"sig\":\"\\u0041");

    ParsedEvent event = (ParsedEvent) reader.read(utf8(json));

    assertThat(event.event().isSigned()).isTrue();
    assertThat(event.event().signature()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"id\":\"", "{\"id\":\"0123456789abcdef0123456789abcdeX\",\"ts\""})
  void peek_finds_no_id_unless_it_is_first_and_complete(String json) {
    byte[] bytes = utf8(json);

    assertThat(EventReader.peekId(bytes, 0, bytes.length)).isEmpty();
  }

  @Test
  void peeked_id_equals_the_id_of_the_parsed_event() {
    byte[] json = Citizen.named("bart").tease(NOW, "lisa");

    assertThat(EventReader.peekId(json, 0, json.length)).contains(Citizen.read(json).event().id());
  }

  /** Reads JSON that is written with apostrophes and without its last brace. */
  private ReadResult read(String json) {
    return reader.read(utf8(json.replace('\'', '"') + "}"));
  }

  private static String event(String rest) {
    return "{'id':'" + ID + "','ts':1," + rest + "}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }
}
