package nara.event.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import nara.event.ReadResult;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.testing.Vectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arbitrary bytes: each run begins with recorded ones; with {@code JAZZER_FUZZ=1} the fuzzer
 * mutates them. Excluded from the ordinary run, since the fuzzer's agent slows down the whole JVM.
 */
@Tag("long")
class EventFuzz {
  private final EventReader reader = new EventReader();

  static Stream<byte[]> recorded() {
    return Vectors.json("events.json").get("events").findValuesAsText("json").stream()
        .flatMap(json -> Stream.of(json, "{\"events\":[" + json + "]}"))
        .map(json -> json.getBytes(StandardCharsets.UTF_8));
  }

  @FuzzTest(maxDuration = "30s")
  @MethodSource("recorded")
  void event_is_read_or_rejected_with_reason(byte[] json) {
    if (json == null) {
      return;
    }
    assertReadOrRejected(json, new Span(0, json.length));
    EventReader.peekId(json, 0, json.length);
  }

  @FuzzTest(maxDuration = "30s")
  @MethodSource("recorded")
  void response_is_cut_within_its_bounds_or_rejected(byte[] json) {
    if (json == null) {
      return;
    }
    try {
      for (Span member : JsonSpans.members(json, 100).values()) {
        List<Span> elements =
            json[member.offset()] == '[' ? JsonSpans.elements(json, member, 100) : List.of(member);
        for (Span element : elements) {
          assertThat(element.offset()).isGreaterThanOrEqualTo(member.offset());
          assertThat(element.offset() + element.length())
              .isLessThanOrEqualTo(member.offset() + member.length());
          assertReadOrRejected(json, element);
        }
      }
    } catch (MalformedJsonException said) {
      assertThat(said.getMessage()).isNotEmpty();
    }
  }

  private void assertReadOrRejected(byte[] json, Span span) {
    int end = span.offset() + span.length();
    switch (reader.read(json, span.offset(), span.length())) {
      case ReadResult.ParsedEvent event ->
          assertThat(event.event().json()).isEqualTo(Arrays.copyOfRange(json, span.offset(), end));
      case ReadResult.Unreadable bad -> assertThat(bad.reason()).isNotEmpty();
    }
  }
}
