package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query;

/**
 * A ledger of fixed events. Equal times keep their order; a sample is all events, or the oldest
 * critical ones when it must be smaller.
 */
public final class FakeLedgerVerticle extends VerticleBase {
  private final List<Event> events;

  public FakeLedgerVerticle(List<String> jsonTexts) {
    EventReader reader = new EventReader();
    this.events =
        jsonTexts.stream()
            .map(json -> reader.read(json.getBytes(StandardCharsets.UTF_8)))
            .map(result -> ((ReadResult.ParsedEvent) result).event())
            .toList();
  }

  @Override
  public Future<?> start() {
    return Bus.of(vertx)
        .serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onRequest)
        .completion();
  }

  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    return switch (request) {
      case LedgerRequest.QueryEvents queryEvents ->
          Future.succeededFuture(answer(queryEvents.query()));
      case LedgerRequest.ListCheckpoints page -> Future.succeededFuture(page(page));
      default -> Future.failedFuture("not asked by a mesh server: " + request);
    };
  }

  private QueryResult answer(Query query) {
    Query.Filter filter = query.filter();
    List<Event> all =
        events.stream()
            .filter(
                e ->
                    filter.services().isEmpty()
                        || filter.services().contains(e.service().wireName()))
            .filter(
                e ->
                    filter.subjects().isEmpty()
                        || filter.subjects().contains(e.actor())
                        || filter.subjects().contains(e.target()))
            .sorted(Comparator.comparingLong(Event::ts))
            .toList();
    return switch (query) {
      case Query.Sample q ->
          last(
              q.size() >= all.size()
                  ? all
                  : all.stream().filter(Event::isCritical).limit(q.size()).toList());
      case Query.Recent q -> last(all.reversed().stream().limit(q.limit()).toList());
      case Query.Slice q -> last(slice(q, all));
      case Query.Page q -> {
        List<Event> page = all.stream().filter(e -> e.ts() > q.after()).limit(q.size()).toList();
        yield new QueryResult(
            page, page.size() < q.size() ? Optional.empty() : Optional.of(page.getLast().ts()));
      }
    };
  }

  private static List<Event> slice(Query.Slice q, List<Event> all) {
    List<Event> later = all.stream().filter(e -> e.ts() > q.after()).toList();
    List<Event> kept = new ArrayList<>();
    for (int i = 0; i < later.size(); i++) {
      if (i % q.total() == q.index()) {
        kept.add(later.get(i));
      }
    }
    return kept.subList(Math.max(0, kept.size() - q.maxEvents()), kept.size());
  }

  private LedgerRequest.CheckpointPage page(LedgerRequest.ListCheckpoints page) {
    List<Event> all =
        events.stream().filter(e -> e.service().wireName().equals("checkpoint")).toList();
    return new LedgerRequest.CheckpointPage(
        all.stream().skip(page.offset()).limit(page.limit()).toList(), all.size());
  }

  private static QueryResult last(List<Event> events) {
    return new QueryResult(List.copyOf(events), Optional.empty());
  }
}
