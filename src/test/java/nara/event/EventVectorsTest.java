package nara.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.event.ReadResult.ParsedEvent;
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
    ReadResult result = reader.read(bytes(e.get("json").asText()));

    assertThat(result.validationError().isEmpty()).isEqualTo(e.get("valid").asBoolean());
    if (result instanceof ParsedEvent event) {
      assertThat(event.content()).isEqualTo(e.get("content").asText());
      assertThat(event.event().id()).hasToString(e.get("id_of_content").asText());
      assertThat(HexFormat.of().formatHex(event.signableHash()))
          .isEqualTo(e.get("signable_sha256_hex").asText());
      assertThat(event.event().isSigned()).isEqualTo(e.get("signed").asBoolean());
      assertThat(event.event().actor()).isEqualTo(e.path("actor").asText());
      assertThat(event.event().target()).isEqualTo(e.path("target").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void recorded_event_has_recorded_bytes_when_written_again(JsonNode e) {
    String json = e.get("json").asText();
    if (reader.read(bytes(json)) instanceof ParsedEvent event) {
      assertThat(rewritten(event, json)).isEqualTo(json);
    } else {
      assertThat(e.get("valid").asBoolean()).isFalse();
    }
  }

  @Test
  void corpus_reads_without_errors_and_writes_the_same_bytes() {
    for (String line : Vectors.gzippedLines("corpus.jsonl.gz")) {
      ParsedEvent event = (ParsedEvent) reader.read(bytes(line));
      assertThat(event.validationError()).isEmpty();
      assertThat(new String(event.event().json(), StandardCharsets.UTF_8)).isEqualTo(line);
      assertThat(rewritten(event, line)).isEqualTo(line);
    }
  }

  @Test
  void checkpoint_has_recorded_content_id_attestations_and_validity() {
    for (JsonNode c : Vectors.json("checkpoints.json").get("checkpoints")) {
      ParsedEvent event = (ParsedEvent) reader.read(bytes(c.get("json").asText()));
      Checkpoint checkpoint = (Checkpoint) event.event().payload();
      assertThat(event.content()).as(c.get("label").asText()).isEqualTo(c.get("content").asText());
      assertThat(event.claimedId()).isEqualTo(c.get("id").asText());
      assertThat(event.validationError().isEmpty()).isEqualTo(c.get("valid_payload").asBoolean());
      assertThat(checkpoint.voterIds().stream().map(checkpoint::attestation))
          .containsExactlyElementsOf(
              StreamSupport.stream(c.get("attestation_texts").spliterator(), false)
                  .map(JsonNode::asText)
                  .toList());
    }
  }

  private static String rewritten(ParsedEvent parsedEvent, String json) {
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
