package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.BART;
import static nara.checkpoint.sync.FetchOutcomes.QUICK;
import static nara.checkpoint.sync.FetchOutcomes.fetched;
import static nara.checkpoint.sync.FetchOutcomes.offered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchCheckpointPage;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.wire.MeshFailure;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** Walks over the checkpoints of a recorded node, whose pages end between equal times. */
class CheckpointVectorsTest {
  private static final CheckpointSyncConfig PAGES_OF_THREE =
      new CheckpointSyncConfig(1, 3, Duration.ofSeconds(10));

  private final Set<String> held = ids(recorded("page of checkpoints").get("events"));

  @Test
  void recorded_pages_lose_a_checkpoint_when_the_cursor_is_taken_as_it_is() {
    JsonNode first = recorded("page of checkpoints that ends between equal times");
    Set<String> naive = ids(first.get("events"));
    naive.addAll(ids(recorded("the page after it has lost one").get("events")));

    assertThat(held).hasSize(5);
    assertThat(naive).hasSize(4);
  }

  @Test
  void pager_loses_no_checkpoint_of_the_recorded_pages() {
    JsonNode first = recorded("page of checkpoints that ends between equal times");
    CheckpointPager pager = new CheckpointPager(BART, PAGES_OF_THREE);
    Set<String> got = ids(first.get("events"));
    pager.nextRequest();
    Optional<MeshRequest<FetchOutcome>> next = pager.onOutcome(fetchedPage(first));
    while (next.isPresent()) {
      JsonNode page = pageAfter((Query.Page) ((MeshRequest.FetchPage) next.get()).query());
      got.addAll(ids(page.get("events")));
      next = pager.onOutcome(fetchedPage(page));
    }

    assertThat(got).isEqualTo(held);
  }

  @Test
  void recorded_lists_are_fetched_by_offset_to_the_end() {
    CheckpointPager pager = new CheckpointPager(BART, PAGES_OF_THREE);
    pager.nextRequest();
    Optional<MeshRequest<FetchOutcome>> next =
        pager.onOutcome(FetchOutcomes.failed(MeshFailure.UNSUPPORTED));
    assertThat(((FetchCheckpointPage) next.orElseThrow()).offset()).isZero();

    next = pager.onOutcome(fetchedList(recorded("checkpoints, limit")));
    assertThat(((FetchCheckpointPage) next.orElseThrow()).offset()).isEqualTo(1);
    assertThat(pager.onOutcome(fetchedList(recorded("checkpoints, past the end")))).isEmpty();
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

  private static PageFetched fetchedPage(JsonNode answer) {
    int events = answer.get("events").size();
    Optional<Long> cursor =
        Optional.ofNullable(answer.get("next_cursor")).map(JsonNode::asText).map(Long::valueOf);
    return fetched(events, cursor, false, offered(events, 0, 0), QUICK);
  }

  private static PageFetched fetchedList(JsonNode answer) {
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
