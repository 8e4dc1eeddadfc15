package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFieldScannerTest {
  private static final String ID = "{\"id\":\"00112233445566778899aabbccddeeff\"";

  @ParameterizedTest
  @CsvSource({
    "1795000000123456789, 1795000000123456789",
    "9223372036854775807, 9223372036854775807",
    "0, 0",
    "-5, -5",
    "-9223372036854775808, -9223372036854775808",
  })
  void a_time_is_read_to_the_last_digit(String text, long ts) {
    assertThat(ts(ID + ",\"ts\":" + text + ",\"svc\":\"ping\"}")).hasValue(ts);
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775808",
    "9999999999999999999",
    "99999999999999999999",
    "1.5",
    "1e9",
    "''",
    "'\"1\"'",
    "-",
  })
  void what_is_no_whole_number_of_64_bits_is_no_time(String text) {
    assertThat(ts(ID + ",\"ts\":" + text + ",\"svc\":\"ping\"}")).isEmpty();
  }

  @Test
  void a_time_is_found_where_the_id_does_not_come_first() {
    assertThat(ts("{\"ts\":17,\"id\":\"x\"}")).hasValue(17);
  }

  @Test
  void services_are_told_known_or_not() {
    assertThat(service(ID + ",\"ts\":1,\"svc\":\"hey-there\",\"x\":1}")).contains("hey-there");
    assertThat(service(ID + ",\"ts\":1,\"svc\":\"hey-therе\",\"x\":1}")).contains("hey-therе");
    assertThat(service(ID + ",\"ts\":1,\"svc\":\"pin\",\"x\":1}")).contains("pin");
    assertThat(service(ID + ",\"ts\":1,\"x\":1,\"svc\":\"ping\"}")).isEmpty();
  }

  private static OptionalLong ts(String event) {
    byte[] json = event.getBytes(UTF_8);
    return EventFieldScanner.ts(
        json, new Span(0, json.length), EventReader.hasPeekableId(json, 0, json.length));
  }

  private static Optional<String> service(String event) {
    byte[] json = event.getBytes(UTF_8);
    return EventFieldScanner.service(
        json, new Span(0, json.length), EventReader.hasPeekableId(json, 0, json.length));
  }
}
