package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.QueryResult;
import nara.testing.Vectors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QueryVectorsTest {
  private static final JsonNode ALL = Vectors.json("queries.json");

  private final Ledger ledger =
      new Ledger(LedgerConfig.ofSize(10_000), name -> Standing.ESTABLISHED);

  static Stream<Named<JsonNode>> queries() {
    return StreamSupport.stream(ALL.get("queries").spliterator(), false)
        .map(
            q ->
                Named.of(
                    q.get("mode").asText() + q.get("services") + q.get("subjects") + q.hashCode(),
                    q));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void recorded_queries_return_the_recorded_events(JsonNode q) {
    ledger.merge(TestEvents.unsigned(ALL.get("events_in_order_of_insertion")));
    Query.Filter filter = new Query.Filter(texts(q.get("services")), texts(q.get("subjects")));

    switch (q.get("mode").asText()) {
      case "page" -> {
        long after = Long.MIN_VALUE;
        for (JsonNode page : q.get("pages")) {
          QueryResult result = ask(new Query.Page(after, q.get("page_size").asInt(), filter));
          assertThat(TestEvents.ids(result.events())).isEqualTo(list(page.get("ids")));
          String next = page.get("next_cursor").asText();
          assertThat(result.nextCursor().map(String::valueOf).orElse("")).isEqualTo(next);
          after = result.nextCursor().orElse(0L);
        }
      }
      case "recent" ->
          assertThat(TestEvents.ids(ask(new Query.Recent(q.get("limit").asInt(), filter)).events()))
              .isEqualTo(list(q.get("ids")));
      case "sample" -> {
        Query sample =
            new Query.Sample(
                q.get("sample_size").asInt(), ALL.get("me").asText(), 1_795_300_000, filter);
        assertThat(TestEvents.ids(ask(sample).events())).isEqualTo(list(q.get("ids")));
      }
      default -> {
        Query slice =
            new Query.Slice(
                q.get("since_time").asLong(),
                q.get("slice_index").asInt(),
                q.get("slice_total").asInt(),
                q.get("max_events").asInt(),
                filter);
        assertThat(TestEvents.ids(ask(slice).events())).isEqualTo(list(q.get("ids")));
      }
    }
  }

  private QueryResult ask(Query query) {
    return ledger.query(query, new Random(1));
  }

  private static List<String> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static Set<String> texts(JsonNode array) {
    return new HashSet<>(list(array));
  }
}
