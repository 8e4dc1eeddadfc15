package nara.ledger.clout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.Event;
import nara.event.ReadResult.ParsedEvent;
import nara.event.json.EventReader;
import nara.identity.Soul;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** Clout compared with what the reference computed for the same events and souls. */
class CloutTest {
  private static final JsonNode RECORDED = recorded();
  private static final long AT = RECORDED.get("at").asLong();

  private static JsonNode recorded() {
    try (InputStream in = CloutTest.class.getResourceAsStream("/clout/recorded.json")) {
      return Vectors.parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static List<Event> events() {
    EventReader reader = new EventReader();
    List<Event> events = new ArrayList<>();
    RECORDED
        .get("events")
        .forEach(
            json -> events.add(((ParsedEvent) reader.read(json.asText().getBytes(UTF_8))).event()));
    return events;
  }

  private static CloutProjection projection(JsonNode observer) {
    return new CloutProjection(
        CloutRules.of(Soul.parse(observer.get("soul").asText()).orElseThrow()));
  }

  private static void assertRecorded(JsonNode observer, Map<String, Double> clout) {
    Set<String> names = new HashSet<>();
    observer.get("clout").fieldNames().forEachRemaining(names::add);
    assertThat(clout.keySet()).isEqualTo(names);
    clout.forEach(
        (name, value) ->
            assertThat(value)
                .as(name)
                .isEqualTo(observer.get("clout").get(name).asDouble(), within(1e-9)));
  }

  private static Set<String> names(JsonNode observer) {
    Set<String> names = new HashSet<>(Set.of("nobody"));
    observer.get("clout").fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void clout_is_the_reference_s() {
    assertThat(events()).hasSizeGreaterThan(100);
    for (JsonNode observer : RECORDED.get("observers")) {
      CloutProjection projection = projection(observer);
      events().forEach(projection::add);

      assertRecorded(observer, projection.clout(names(observer), AT));
    }
  }

  @Test
  void clout_does_not_depend_on_when_it_was_asked_before() {
    for (JsonNode observer : RECORDED.get("observers")) {
      CloutProjection projection = projection(observer);
      for (Event event : events()) {
        projection.add(event);
        projection.clout(names(observer), AT - 1_000);
      }

      assertRecorded(observer, projection.clout(names(observer), AT));
    }
  }

  @Test
  void removed_events_count_no_more() {
    JsonNode observer = RECORDED.get("observers").get(0);
    CloutProjection projection = projection(observer);
    events().forEach(projection::add);
    projection.clout(names(observer), AT);
    events().forEach(projection::remove);

    assertThat(projection.clout(names(observer), AT)).isEmpty();
  }
}
