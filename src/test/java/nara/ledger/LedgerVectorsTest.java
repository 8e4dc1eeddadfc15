package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Vectors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LedgerVectorsTest {
  static Stream<Named<JsonNode>> sequences() {
    return elements(Vectors.json("ledger.json").get("sequences"))
        .map(s -> Named.of(s.get("label").asText(), s));
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void recorded_sequences_leave_the_recorded_events(JsonNode sequence) {
    Ledger ledger = new Ledger(config(sequence), name -> Standing.ESTABLISHED);
    for (JudgedEvent event : TestEvents.unsigned(sequence.get("events"))) {
      switch (sequence.get("add").asText()) {
        case "dedup" -> ledger.mergeDistinct(event);
        case "own-rate-limited" -> ledger.recordObservation(event);
        default -> ledger.merge(List.of(event));
      }
    }

    assertThat(TestEvents.ids(ledger.export()))
        .containsExactlyInAnyOrderElementsOf(texts(sequence.get("ids_after_sorted")));
    sequence
        .get("by_service")
        .properties()
        .forEach(
            of ->
                assertThat(ledger.stats().byService())
                    .anySatisfy(
                        (service, count) -> {
                          assertThat(service.wireName()).isEqualTo(of.getKey());
                          assertThat(count).isEqualTo(of.getValue().asInt());
                        }));
  }

  static Stream<Named<JsonNode>> sequencesOfAnyOrder() {
    return sequences()
        .filter(
            s ->
                s.getPayload().get("add").asText().equals("plain")
                    || s.getPayload().get("add").asText().equals("personality"));
  }

  @ParameterizedTest
  @MethodSource("sequencesOfAnyOrder")
  void recorded_sequences_leave_the_same_events_in_any_order(JsonNode sequence) {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      List<JudgedEvent> shuffled = new ArrayList<>(TestEvents.unsigned(sequence.get("events")));
      Collections.shuffle(shuffled, random);
      Ledger ledger = new Ledger(config(sequence), name -> Standing.ESTABLISHED);
      shuffled.forEach(event -> ledger.merge(List.of(event)));

      assertThat(TestEvents.ids(ledger.export()))
          .containsExactlyInAnyOrderElementsOf(texts(sequence.get("ids_after_sorted")));
    }
  }

  private static LedgerConfig config(JsonNode sequence) {
    int max = sequence.get("max_events").asInt();
    JsonNode p = sequence.get("personality");
    return p == null
        ? LedgerConfig.ofSize(max)
        : new LedgerConfig(
            max,
            p.get("Agreeableness").asInt(),
            p.get("Sociability").asInt(),
            p.get("Chill").asInt());
  }

  private static List<String> texts(JsonNode array) {
    return elements(array).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
