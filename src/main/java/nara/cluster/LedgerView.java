package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.cluster.map.EventEntry;
import nara.cluster.map.SharedMap;
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

/** A client of this member's view of the shared ledger. */
final class LedgerView {
  /** Entries read from or written to the map at once: about 2.4 MB. */
  static final int BATCH = 5_000;

  private final EventReader reader = new EventReader();
  private final Bus bus;
  private final WorkerExecutor worker;
  private final Keyring keyring;

  /**
   * @param worker parses events
   * @param keyring learns the keys of hey-theres
   */
  LedgerView(Bus bus, WorkerExecutor worker, Keyring keyring) {
    this.bus = bus;
    this.worker = worker;
    this.keyring = keyring;
  }

  <R extends BusMessage> Future<R> request(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.VIEW_ADDRESS, request, Timeouts.LOCAL);
  }

  /** Merges the map's entries of these keys into the view, batch by batch. */
  Future<?> pull(SharedMap map, List<String> keys) {
    if (keys.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = Math.min(keys.size(), BATCH);
    Set<String> batch = Set.copyOf(keys.subList(0, size));
    return worker
        .executeBlocking(() -> map.map().getAll(batch), false)
        .compose(this::mergeEntries)
        .compose(merged -> pull(map, keys.subList(size, keys.size())));
  }

  /** Merges entries of the map into the view. Events that it holds as valid are not parsed. */
  Future<?> mergeEntries(Map<String, byte[]> entries) {
    List<byte[]> values = new ArrayList<>(entries.size());
    List<EventId> ids = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> {
          ids.add(EventEntry.id(key));
          values.add(value);
        });
    return request(new LedgerRequest.FindValidIds(ids))
        .compose(held -> worker.executeBlocking(() -> parse(values, held.valid()), false))
        .compose(
            events ->
                request(new MergeEvents(events)).onSuccess(result -> publishAnnouncements(events)));
  }

  /** A nara that announced itself to one member is present for all members. */
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

  private List<JudgedEvent> parse(List<byte[]> values, BitSet held) {
    List<JudgedEvent> events = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i);
      Verdict verdict = EventEntry.verdict(value);
      if (verdict == Verdict.VALID && held.get(i)) {
        continue;
      }
      if (reader.read(value, 1, value.length - 1) instanceof ReadResult.ParsedEvent parsedEvent) {
        JudgedEvent judgedEvent = new JudgedEvent(parsedEvent.event(), verdict);
        learnKey(judgedEvent);
        events.add(judgedEvent);
      }
    }
    return events;
  }

  /** Learns the key of a hey-there that another member has verified. */
  private void learnKey(JudgedEvent event) {
    if (event.verdict() == Verdict.VALID && event.event().payload() instanceof HeyThere hey) {
      PublicKey.parse(hey.publicKey())
          .ifPresent(key -> keyring.learn(hey.from(), hey.id(), key, Origin.HEY_THERE));
    }
  }
}
