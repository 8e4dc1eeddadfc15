package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.cluster.map.EventEntry;
import nara.cluster.map.SharedMap;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.FindValidIds;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeEvents;
import nara.ledger.LedgerRequest.RemoveEvents;
import nara.trust.TrustNotification;

/** A client of this member's view of the shared ledger. */
final class LedgerView {
  /** Entries read from or written to the map at once: about 2.4 MB. */
  static final int BATCH = 5_000;

  private final EventReader reader = new EventReader();
  private final Bus bus;
  private final WorkerExecutor worker;
  private final Keyring keyring;

  /** Keys of entries that were retracted since the current pull began. */
  private final Set<String> retractedDuringPull = new HashSet<>();

  private boolean pulling;

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

  /**
   * Merges the map's entries of these keys into the view, batch by batch. Entries that {@link
   * #mergeEntries} reports as retracted in the meantime stay out. One pull at a time.
   */
  Future<?> pull(SharedMap map, List<String> keys) {
    pulling = true;
    return pullBatches(map, keys)
        .onComplete(
            pulled -> {
              pulling = false;
              retractedDuringPull.clear();
            });
  }

  private Future<?> pullBatches(SharedMap map, List<String> keys) {
    if (keys.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = Math.min(keys.size(), BATCH);
    Set<String> batch = Set.copyOf(keys.subList(0, size));
    return worker
        .executeBlocking(() -> map.map().getAll(batch), false)
        .compose(entries -> merge(entries, retractedDuringPull))
        .compose(merged -> pullBatches(map, keys.subList(size, keys.size())));
  }

  /**
   * Merges entries that the map's listener brings into the view, and removes those that are
   * retracted. Events that the view holds as valid are not parsed.
   */
  Future<?> mergeEntries(Map<String, byte[]> entries) {
    return merge(entries, Set.of());
  }

  /**
   * @param outdated keys of entries that were read before their retraction; read after the parsing
   */
  private Future<?> merge(Map<String, byte[]> entries, Set<String> outdated) {
    List<String> keys = new ArrayList<>(entries.size());
    List<byte[]> retracted = new ArrayList<>();
    entries.forEach(
        (key, value) -> {
          if (EventEntry.isRetracted(value)) {
            retracted.add(value);
            if (pulling) {
              retractedDuringPull.add(key);
            }
          } else {
            keys.add(key);
          }
        });
    return removeRetracted(retracted)
        .compose(none -> request(new FindValidIds(keys.stream().map(EventEntry::id).toList())))
        .compose(held -> worker.executeBlocking(() -> parse(keys, entries, held.valid()), false))
        .map(events -> without(outdated, events))
        .compose(
            events ->
                request(new MergeEvents(events)).onSuccess(result -> publishAnnouncements(events)));
  }

  /**
   * Removes those of the pulled entries from the view that the map has retracted by now. Without
   * the map's listener, a pull does not see a retraction that follows its read.
   */
  Future<?> removeRetracted(SharedMap map, Set<String> pulled) {
    return pulled.isEmpty()
        ? Future.succeededFuture()
        : worker
            .executeBlocking(
                () ->
                    map.map().getAll(pulled).values().stream()
                        .filter(EventEntry::isRetracted)
                        .toList(),
                false)
            .compose(this::removeRetracted);
  }

  private static List<JudgedEvent> without(Set<String> outdated, List<JudgedEvent> events) {
    return outdated.isEmpty()
        ? events
        : events.stream().filter(event -> !outdated.contains(EventEntry.key(event))).toList();
  }

  private Future<?> removeRetracted(List<byte[]> values) {
    return values.isEmpty()
        ? Future.succeededFuture()
        : worker
            .executeBlocking(
                () -> values.stream().flatMap(value -> read(value).stream()).toList(), false)
            .compose(events -> request(new RemoveEvents(events)));
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

  private List<JudgedEvent> parse(List<String> keys, Map<String, byte[]> entries, BitSet held) {
    List<JudgedEvent> events = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      byte[] value = entries.get(keys.get(i));
      Verdict verdict = EventEntry.verdict(value);
      if (verdict == Verdict.VALID && held.get(i)) {
        continue;
      }
      Voters voters = EventEntry.voters(keys.get(i));
      read(value)
          .map(event -> new JudgedEvent(event, verdict, voters))
          .ifPresent(
              event -> {
                learnKey(event);
                events.add(event);
              });
    }
    return events;
  }

  private Optional<Event> read(byte[] value) {
    return reader.read(value, 1, EventEntry.jsonLength(value))
            instanceof ReadResult.ParsedEvent parsedEvent
        ? Optional.of(parsedEvent.event())
        : Optional.empty();
  }

  /** Learns the key of a hey-there that another member has verified. */
  private void learnKey(JudgedEvent event) {
    if (event.verdict() == Verdict.VALID && event.event().payload() instanceof HeyThere hey) {
      PublicKey.parse(hey.publicKey())
          .ifPresent(key -> keyring.learn(hey.from(), hey.id(), key, Origin.HEY_THERE));
    }
  }
}
