package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.cluster.map.EventEntry;
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventId;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeEvents;
import nara.trust.TrustNotification;

/** This member's view of the shared ledger, as the cluster's verticles fill and ask it. */
final class LedgerView {
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
  LedgerView(Bus bus, WorkerExecutor worker, Keyring keyring) {
    this.bus = bus;
    this.worker = worker;
    this.keyring = keyring;
  }

  <R extends BusMessage> Future<R> request(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.VIEW_ADDRESS, request, Timeouts.LOCAL);
  }

  /** Takes entries of the map into the view; what it holds as valid is not read again. */
  Future<?> mergeEntries(Map<String, byte[]> entries) {
    List<byte[]> values = new ArrayList<>(entries.size());
    List<EventId> ids = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> {
          ids.add(EventEntry.id(key));
          values.add(value);
        });
    return request(new LedgerRequest.FindValidIds(ids))
        .compose(answer -> worker.executeBlocking(() -> read(values, answer.valid()), false))
        .compose(
            events ->
                request(new MergeEvents(events)).onSuccess(result -> publishAnnouncements(events)));
  }

  /** Who announced itself to another member is there for all of them. */
  private void publishAnnouncements(List<JudgedEvent> events) {
    List<Event> announcements =
        events.stream()
            .filter(judgedEvent -> judgedEvent.verdict() == Verdict.VALID)
            .map(JudgedEvent::event)
            .filter(event -> event.payload() instanceof HeyThere || event.payload() instanceof Chau)
            .toList();
    if (!announcements.isEmpty()) {
      bus.publish(
          TrustNotification.ADDRESS, new TrustNotification.AnnouncementsMerged(announcements));
    }
  }

  private List<JudgedEvent> read(List<byte[]> values, BitSet held) {
    List<JudgedEvent> events = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i);
      Verdict verdict = EventEntry.verdict(value);
      if (verdict == Verdict.VALID && held.get(i)) {
        continue;
      }
      if (reader.read(value, 1, value.length - 1) instanceof ReadResult.ParsedEvent parsedEvent) {
        JudgedEvent judgedEvent = new JudgedEvent(parsedEvent.event(), verdict);
        learn(judgedEvent);
        events.add(judgedEvent);
      }
    }
    return events;
  }

  /** Another member has verified it, and a hey-there of the same nara says the same everywhere. */
  private void learn(JudgedEvent event) {
    if (event.verdict() == Verdict.VALID && event.event().payload() instanceof HeyThere hey) {
      PublicKey.parse(hey.publicKey())
          .ifPresent(key -> keyring.learn(hey.from(), hey.id(), key, Origin.HEY_THERE));
    }
  }
}
