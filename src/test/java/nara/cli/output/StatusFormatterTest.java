package nara.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class StatusFormatterTest {
  @Test
  void silent_peers_and_notes_are_named_once() {
    JsonArray silent = new JsonArray();
    for (int i = 0; i < 7; i++) {
      silent.add("10.0.0.%d:7433 does not answer".formatted(i));
    }
    JsonObject status =
        new JsonObject()
            .put("notes", new JsonArray().add("bart will refuse this node").add("the clock is off"))
            .put("neighbour_problems", silent)
            .put(
                "checks",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("name", "clock")
                            .put("state", "warning")
                            .put("reason", "the clock is off")));

    String text = StatusFormatter.lines(status);

    assertThat(text)
        .contains("problem     10.0.0.0:7433 does not answer")
        .contains("and 2 more: --json has them")
        .contains("note        bart will refuse this node")
        .containsOnlyOnce("the clock is off");
  }

  @Test
  void lines_of_the_largest_recovery_and_of_a_long_reason_fit_80_columns() {
    JsonObject status =
        new JsonObject()
            .put("name", "lisa")
            .put("version", "1.0.0")
            .put(
                "recovery",
                new JsonObject()
                    .put("stage", "waiting for neighbours")
                    .put("outcome", "running")
                    .put("calls_planned", 123_456)
                    .put("calls_completed", 123_455)
                    .put("remaining_events", 320_000)
                    .put("duration_ms", 3_600_000)
                    .put("received", 1_234_567)
                    .put("merged", 320_000)
                    .put("duplicate", 900_000)
                    .put("rejected", 14_567)
                    .put("bytes", 650_000_000))
            .put(
                "checks",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("name", "clock")
                            .put("state", "warning")
                            .put("reason", "this node's clock seems to be off ".repeat(5))));

    String text = StatusFormatter.lines(status);

    assertThat(text.lines()).allMatch(line -> line.length() <= 80);
    assertThat(text.replaceAll("\\s+", " "))
        .contains("at least 320,000 events to come")
        .contains("1,234,567 events");
  }

  @Test
  void partial_recovery_is_shown_with_its_reasons() {
    JsonObject status =
        new JsonObject()
            .put(
                "recovery",
                new JsonObject()
                    .put("stage", "done")
                    .put("outcome", "partial")
                    .put("reasons", new JsonArray().add("a").add("b").add("c").add("d")));

    assertThat(StatusFormatter.lines(status))
        .contains("because: a", "because: c", "1 more reason: --json lists all")
        .doesNotContain("because: d");
  }
}
