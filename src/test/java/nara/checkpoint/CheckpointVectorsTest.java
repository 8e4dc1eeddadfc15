package nara.checkpoint;

import static nara.checkpoint.Outcomes.BART;
import static nara.checkpoint.Outcomes.QUICK;
import static nara.checkpoint.Outcomes.fetched;
import static nara.checkpoint.Outcomes.offered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchCheckpoints;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** Walks over the checkpoints of a recorded node, whose pages end between equal times. */
class CheckpointVectorsTest {
  private static final CheckpointConfig PAGES_OF_THREE =
      new CheckpointConfig(1, 3, Duration.ofSeconds(10));

  private final Set<String> held = ids(recorded("page of checkpoints").get("events"));

  @Test
  void the_recorded_pages_lose_a_checkpoint_to_a_naive_reader() {
    JsonNode first = recorded("page of checkpoints that ends between equal times");
    Set<String> naive = ids(first.get("events"));
    naive.addAll(ids(recorded("the page after it has lost one").get("events")));

    assertThat(held).hasSize(5);
    assertThat(naive).hasSize(4);
  }

  @Test
  void the_walk_over_the_same_pages_loses_none() {
    JsonNode first = recorded("page of checkpoints that ends between equal times");
    CheckpointWalk walk = new CheckpointWalk(BART, PAGES_OF_THREE);
    Set<String> got = ids(first.get("events"));
    walk.begin();
    Optional<MeshRequest<FetchOutcome>> next = walk.answered(fetchedPage(first));
    while (next.isPresent()) {
      JsonNode page = pageAfter((Query.Page) ((MeshRequest.Fetch) next.get()).query());
      got.addAll(ids(page.get("events")));
      next = walk.answered(fetchedPage(page));
    }

    assertThat(got).isEqualTo(held);
  }

  @Test
  void the_recorded_lists_are_walked_by_offset_to_their_end() {
    CheckpointWalk walk = new CheckpointWalk(BART, PAGES_OF_THREE);
    walk.begin();
    Optional<MeshRequest<FetchOutcome>> next =
        walk.answered(Outcomes.failed(MeshFailure.UNSUPPORTED));
    assertThat(((FetchCheckpoints) next.orElseThrow()).offset()).isZero();

    next = walk.answered(fetchedList(recorded("checkpoints, limit")));
    assertThat(((FetchCheckpoints) next.orElseThrow()).offset()).isEqualTo(1);
    assertThat(walk.answered(fetchedList(recorded("checkpoints, past the end")))).isEmpty();
  }

  /** What the recorded node answers to a page, computed from all that it holds. */
  private static JsonNode pageAfter(Query.Page page) {
    JsonNode all = recorded("page of checkpoints").get("events");
    List<JsonNode> events =
        StreamSupport.stream(all.spliterator(), false)
            .filter(event -> event.get("ts").asLong() > page.after())
            .limit(page.size())
            .toList();
    boolean full = events.size() == page.size();
    String cursor = full ? ",\"next_cursor\":\"" + events.getLast().get("ts").asLong() + "\"" : "";
    return Vectors.parse("{\"events\":" + events + cursor + "}");
  }

  private static Fetched fetchedPage(JsonNode answer) {
    int events = answer.get("events").size();
    Optional<Long> cursor =
        Optional.ofNullable(answer.get("next_cursor")).map(JsonNode::asText).map(Long::valueOf);
    return fetched(events, cursor, false, offered(events, 0, 0), QUICK);
  }

  private static Fetched fetchedList(JsonNode answer) {
    int events = answer.get("checkpoints").size();
    boolean more = answer.get("has_more").asBoolean();
    return fetched(events, Optional.empty(), more, offered(events, 0, 0), QUICK);
  }

  private static Set<String> ids(JsonNode events) {
    Set<String> ids = new LinkedHashSet<>();
    events.forEach(event -> ids.add(event.get("id").asText()));
    return ids;
  }

  private static JsonNode recorded(String label) {
    for (JsonNode exchange : Vectors.json("http.json").get("exchanges")) {
      if (exchange.get("label").asText().equals(label)) {
        return Vectors.parse(exchange.at("/response/body").asText());
      }
    }
    throw new IllegalArgumentException("no exchange " + label);
  }
}
