package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventId;
import nara.event.EventReader;
import nara.event.HeyThere;
import nara.event.Reading;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.Merge;
import nara.trust.TrustNews;

/** This member's view of the shared ledger, as the cluster's verticles fill and ask it. */
final class View {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final EventReader reader = new EventReader();
  private final Bus bus;
  private final WorkerExecutor worker;
  private final Keyring keyring;

  /**
   * The view on that bus.
   *
   * @param worker where events are read
   * @param keyring learns from hey-theres
   */
  View(Bus bus, WorkerExecutor worker, Keyring keyring) {
    this.bus = bus;
    this.worker = worker;
    this.keyring = keyring;
  }

  <R extends BusMessage> Future<R> ask(LedgerRequest<R> request) {
    return bus.ask(LedgerRequest.VIEW, request, TIMEOUT);
  }

  /** Takes entries of the map into the view; what it holds as valid is not read again. */
  Future<?> take(Map<String, byte[]> entries) {
    List<byte[]> values = new ArrayList<>(entries.size());
    List<EventId> ids = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> {
          ids.add(EventEntry.id(key));
          values.add(value);
        });
    return ask(new LedgerRequest.HeldValid(ids))
        .compose(answer -> worker.executeBlocking(() -> read(values, answer.held()), false))
        .compose(events -> ask(new Merge(events)).onSuccess(merged -> tellOf(events)));
  }

  /** Who announced itself to another member is there for all of them. */
  private void tellOf(List<Judged> events) {
    List<Event> announcements =
        events.stream()
            .filter(judged -> judged.verdict() == Verdict.VALID)
            .map(Judged::event)
            .filter(event -> event.payload() instanceof HeyThere || event.payload() instanceof Chau)
            .toList();
    if (!announcements.isEmpty()) {
      bus.tell(TrustNews.ADDRESS, new TrustNews.Announced(announcements));
    }
  }

  private List<Judged> read(List<byte[]> values, BitSet held) {
    List<Judged> events = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i);
      Verdict verdict = EventEntry.verdict(value);
      if (verdict == Verdict.VALID && held.get(i)) {
        continue;
      }
      if (reader.read(value, 1, value.length - 1) instanceof Reading.Read read) {
        Judged judged = new Judged(read.event(), verdict);
        learn(judged);
        events.add(judged);
      }
    }
    return events;
  }

  /** Another member has verified it, and a hey-there of the same nara says the same everywhere. */
  private void learn(Judged judged) {
    if (judged.verdict() == Verdict.VALID && judged.event().payload() instanceof HeyThere hey) {
      PublicKey.parse(hey.publicKey())
          .ifPresent(key -> keyring.learn(hey.from(), hey.id(), key, Origin.HEY_THERE));
    }
  }
}
