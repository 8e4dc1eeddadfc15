package nara.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.testing.Vectors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventVectorsTest {
  private final EventReader reader = new EventReader();

  static Stream<Named<JsonNode>> events() {
    return StreamSupport.stream(Vectors.json("events.json").get("events").spliterator(), false)
        .map(e -> Named.of(e.get("label").asText(), e));
  }

  @ParameterizedTest
  @MethodSource("events")
  void recorded_event_has_recorded_content_id_hash_and_validity(JsonNode e) {
    ReadResult readResult = reader.read(bytes(e.get("json").asText()));

    assertThat(readResult.validationError().isEmpty()).isEqualTo(e.get("valid").asBoolean());
    if (readResult instanceof ReadResult.ParsedEvent parsedEvent) {
      assertThat(parsedEvent.content()).isEqualTo(e.get("content").asText());
      assertThat(parsedEvent.event().id()).hasToString(e.get("id_of_content").asText());
      assertThat(HexFormat.of().formatHex(parsedEvent.signableHash()))
          .isEqualTo(e.get("signable_sha256_hex").asText());
      assertThat(parsedEvent.event().isSigned()).isEqualTo(e.get("signed").asBoolean());
      assertThat(parsedEvent.event().actor()).isEqualTo(e.path("actor").asText());
      assertThat(parsedEvent.event().target()).isEqualTo(e.path("target").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void recorded_event_has_recorded_bytes_when_written_again(JsonNode e) {
    String json = e.get("json").asText();
    if (reader.read(bytes(json)) instanceof ReadResult.ParsedEvent parsedEvent) {
      assertThat(rewritten(parsedEvent, json)).isEqualTo(json);
    } else {
      assertThat(e.get("valid").asBoolean()).isFalse();
    }
  }

  @Test
  void corpus_reads_without_errors_and_writes_the_same_bytes() {
    for (String line : Vectors.gzippedLines("corpus.jsonl.gz")) {
      ReadResult.ParsedEvent parsedEvent = (ReadResult.ParsedEvent) reader.read(bytes(line));
      assertThat(parsedEvent.validationError()).isEmpty();
      assertThat(new String(parsedEvent.event().json(), StandardCharsets.UTF_8)).isEqualTo(line);
      assertThat(rewritten(parsedEvent, line)).isEqualTo(line);
    }
  }

  @Test
  void checkpoint_has_recorded_content_id_attestations_and_validity() {
    for (JsonNode c : Vectors.json("checkpoints.json").get("checkpoints")) {
      ReadResult.ParsedEvent parsedEvent =
          (ReadResult.ParsedEvent) reader.read(bytes(c.get("json").asText()));
      Checkpoint checkpoint = (Checkpoint) parsedEvent.event().payload();
      assertThat(parsedEvent.content())
          .as(c.get("label").asText())
          .isEqualTo(c.get("content").asText());
      assertThat(parsedEvent.claimedId()).isEqualTo(c.get("id").asText());
      assertThat(parsedEvent.validationError().isEmpty())
          .isEqualTo(c.get("valid_payload").asBoolean());
      assertThat(checkpoint.voterIds().stream().map(checkpoint::attestation))
          .containsExactlyElementsOf(
              StreamSupport.stream(c.get("attestation_texts").spliterator(), false)
                  .map(JsonNode::asText)
                  .toList());
    }
  }

  private static String rewritten(ReadResult.ParsedEvent parsedEvent, String json) {
    Event event = parsedEvent.event();
    String sig = Vectors.parse(json).path("sig").asText();
    return new String(
        EventWriter.write(
            parsedEvent.claimedId(),
            event.ts(),
            event.emitter(),
            event.emitterId(),
            sig,
            event.payload()),
        StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
