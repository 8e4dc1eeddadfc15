package nara.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Timeouts;
import nara.bus.UnavailableException;
import nara.cluster.ClusterNotification.CaughtUp;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.ClusterNotification.LeadershipGained;
import nara.cluster.ClusterNotification.LeadershipLost;
import nara.cluster.ClusterNotification.MembersChanged;
import nara.cluster.ClusterNotification.SplitBrainHealed;
import nara.cluster.map.EventEntry;
import nara.cluster.map.RemoteEntryBatcher;
import nara.cluster.map.SharedKeyring;
import nara.cluster.map.SharedMap;
import nara.cluster.map.SharedMap.MapKeys;
import nara.cluster.map.TermTracker;
import nara.event.Event;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeEvents;
import nara.ledger.LedgerRequest.RecordObservation;
import nara.ledger.LedgerRequest.RemoveEvents;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the ledger's address in a cluster. A merge goes to the shared map first. It counts when
 * the map has it with its backups, and then goes to this member's view. The map's notifications
 * bring the events of other members into the view. The view serves all other requests.
 *
 * <p>A notification can be lost with the member that sends it. So this verticle compares view and
 * map when members join or leave, and after a split, and copies what either lacks. That is also how
 * a new member catches up, and how both sides of a split unite.
 */
final class SharedLedgerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLedgerVerticle.class);

  /** Members often join and leave in groups; a retry after a failure is not urgent. */
  private static final Duration DEBOUNCE = Duration.ofMillis(500);

  static final String NO_QUORUM = "the cluster has fewer members than its quorum";

  private static final Duration PUBLISH_KEYS_INTERVAL = Duration.ofMillis(500);

  private final ClusterMember member;
  private final TermTracker tracker;
  private final Keyring keyring;

  /** Entries of removed events that the map still has to get. */
  private final Map<String, byte[]> retractions = new HashMap<>();

  private Bus bus;
  private WorkerExecutor worker;
  private SharedMap map;
  private RemoteEntryBatcher entryBatcher;
  private LedgerView view;
  private SharedKeyring sharedKeyring;
  private boolean open;
  private boolean leading;
  private boolean catchingUp;
  private boolean catchUpAgain;
  private boolean publishingKeys;
  private long catchUpTimer = -1;
  private long verifyTimer = -1;

  SharedLedgerVerticle(ClusterMember member, Keyring keyring) {
    this.member = member;
    this.tracker = member.terms();
    this.keyring = keyring;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-shared-ledger", 4);
    map = new SharedMap(member.hazelcast(), EventEntry.LEDGER_MAP);
    view = new LedgerView(bus, worker, keyring);
    Context own = context;
    entryBatcher =
        new RemoteEntryBatcher(map.map(), LedgerView.BATCH, own::runOnContext, view::mergeEntries);
    sharedKeyring =
        new SharedKeyring(
            new SharedMap(member.hazelcast(), SharedKeyring.KEYS_MAP),
            keyring,
            () -> own.runOnContext(none -> onKeysLearned()));
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNotification);
    bus.serve(ClusterRequest.LEDGER_ADDRESS, ClusterRequest.OpenSharedLedger.class, this::onOpen);
    vertx.setPeriodic(PUBLISH_KEYS_INTERVAL.toMillis(), id -> publishKeys());
    return bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    open = false;
    return Future.join(
            Future.fromCompletionStage(entryBatcher.stopListening(), context),
            Future.fromCompletionStage(sharedKeyring.close(), context))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    // Before that, the node merges only its own snapshot or import; opening copies the view.
    if (open && request instanceof MergeEvents events) {
      return onMerge(events);
    }
    if (open && request instanceof RemoveEvents events) {
      return onRemove(events);
    }
    return open && request instanceof RecordObservation own
        ? onObserve(own)
        : view.request(request);
  }

  /** Shares an observation of this nara's own, if the view did not hold it already. */
  private Future<LedgerRequest.MergeResult> onObserve(RecordObservation own) {
    return view.request(own)
        .compose(
            result ->
                result.added() + result.replaced() == 0
                    ? Future.succeededFuture(result)
                    : onMerge(new MergeEvents(List.of(own.observation()))).map(result));
  }

  private Future<LedgerRequest.MergeResult> onMerge(MergeEvents events) {
    if (!member.hasQuorum()) {
      return Future.failedFuture(new UnavailableException(NO_QUORUM));
    }
    return worker
        .executeBlocking(() -> entries(events.events()), false)
        .onSuccess(entries -> retractions.keySet().removeAll(entries.keySet()))
        .compose(entries -> write(entries, true, true))
        .compose(written -> view.request(events))
        .onFailure(failure -> scheduleCatchUp());
  }

  /**
   * Removes events from this member's view at once, and retracts them in the map. Without a quorum
   * the map follows once there is one.
   */
  private Future<LedgerRequest.RemovalResult> onRemove(RemoveEvents request) {
    Set<ByteBuffer> removed =
        request.events().stream()
            .map(event -> ByteBuffer.wrap(event.json()))
            .collect(Collectors.toSet());
    List<Future<LedgerRequest.VariantExport>> stored =
        request.events().stream()
            .map(Event::signer)
            .distinct()
            .map(signer -> view.request(new LedgerRequest.FindByEmitter(signer)))
            .toList();
    return Future.all(stored)
        .onSuccess(
            found ->
                stored.stream()
                    .flatMap(export -> export.result().events().stream())
                    .filter(each -> removed.contains(ByteBuffer.wrap(each.event().json())))
                    .forEach(
                        each ->
                            retractions.put(EventEntry.key(each), EventEntry.retractedValue(each))))
        .compose(found -> view.request(request))
        .onSuccess(result -> retract().onFailure(failure -> scheduleCatchUp()));
  }

  /** Writes the retractions that the map does not have yet. */
  private Future<?> retract() {
    if (retractions.isEmpty()) {
      return Future.succeededFuture();
    }
    if (!member.hasQuorum()) {
      return Future.failedFuture(new UnavailableException(NO_QUORUM));
    }
    Map<String, byte[]> entries = Map.copyOf(retractions);
    return write(entries, false, true).onSuccess(written -> entries.forEach(retractions::remove));
  }

  private static Map<String, byte[]> entries(List<JudgedEvent> events) {
    Map<String, byte[]> entries = new HashMap<>(events.size() * 2);
    events.forEach(event -> entries.put(EventEntry.key(event), EventEntry.value(event)));
    return entries;
  }

  /** Writes under the highest known term. A member that does not lead retries with a newer one. */
  private Future<Void> write(Map<String, byte[]> entries, boolean onlyIfAbsent, boolean retry) {
    long term = tracker.highest();
    return worker
        .executeBlocking(() -> map.write(term, entries, onlyIfAbsent), false)
        .transform(
            written -> {
              long refusedBy = written.succeeded() ? written.result() : 0;
              if (refusedBy != 0) {
                return onRefused(term, refusedBy, entries, onlyIfAbsent, retry);
              }
              // Without a quorum there may have been no backup: the write does not count.
              if (!member.hasQuorum()) {
                return Future.failedFuture(new UnavailableException(NO_QUORUM));
              }
              return written.succeeded()
                  ? Future.succeededFuture()
                  : Future.failedFuture(written.cause());
            });
  }

  private Future<Void> onRefused(
      long term, long refusedBy, Map<String, byte[]> entries, boolean onlyIfAbsent, boolean retry) {
    tracker.observe(refusedBy);
    if (leading) {
      bus.publish(ClusterNotification.ADDRESS, new HigherTermSeen(refusedBy));
    } else if (retry) {
      return write(entries, onlyIfAbsent, false);
    }
    return Future.failedFuture(
        new UnavailableException("term " + term + " is over; the current term is " + refusedBy));
  }

  private void onNotification(ClusterNotification notification) {
    switch (notification) {
      case MembersChanged changed -> scheduleCatchUp();
      case SplitBrainHealed healed -> {
        entryBatcher.stopListening();
        sharedKeyring.resetListener();
        scheduleCatchUp();
      }
      case LeadershipGained gained -> leading = true;
      case LeadershipLost lost -> leading = false;
      case HigherTermSeen seen -> {}
      case CaughtUp caughtUp -> {}
    }
  }

  private Future<Done> onOpen(ClusterRequest.OpenSharedLedger request) {
    open = true;
    catchUp();
    return Future.succeededFuture(Done.DONE);
  }

  private void scheduleCatchUp() {
    vertx.cancelTimer(catchUpTimer);
    catchUpTimer = vertx.setTimer(DEBOUNCE.toMillis(), id -> catchUp());
  }

  private void catchUp() {
    if (!open) {
      return;
    }
    if (catchingUp) {
      catchUpAgain = true;
      return;
    }
    if (!member.hasQuorum()) {
      bus.publish(ClusterNotification.ADDRESS, new CaughtUp(false));
      return;
    }
    catchingUp = true;
    catchUpAgain = false;
    retract()
        .compose(
            none ->
                worker.executeBlocking(
                    () -> {
                      entryBatcher.listen();
                      sharedKeyring.listen();
                      return map.keys();
                    },
                    false))
        .compose(this::exchangeMissing)
        .onSuccess(done -> bus.publish(ClusterNotification.ADDRESS, new CaughtUp(true)))
        .onFailure(
            failure -> {
              LOG.info(
                  "Failed to compare the view with the shared map; retry in {} ms; cause={}",
                  DEBOUNCE.toMillis(),
                  failure.toString());
              bus.publish(ClusterNotification.ADDRESS, new CaughtUp(false));
              scheduleCatchUp();
            })
        .onComplete(
            ended -> {
              catchingUp = false;
              if (catchUpAgain) {
                catchUp();
              }
            });
  }

  /** Copies entries between view and map that only one of them has, and follows retractions. */
  private Future<?> exchangeMissing(MapKeys inMap) {
    return view.request(new LedgerRequest.ExportVariants())
        .compose(export -> worker.executeBlocking(() -> compare(inMap, export.events()), false))
        .compose(
            differences -> {
              if (!differences.isEmpty()) {
                LOG.info(
                    "The view and the shared map differ; copy events;"
                        + " to_view={} to_map={} retracted={}",
                    differences.missingInView.size(),
                    differences.missingInMap.size(),
                    differences.retracted.size());
              }
              return view.request(new RemoveEvents(differences.retracted))
                  .compose(removed -> view.pull(map, differences.missingInView))
                  .compose(pulled -> push(differences.missingInMap));
            });
  }

  /**
   * @param retracted events that the view holds, although the map says that they do not count
   */
  private record Differences(
      List<String> missingInView,
      List<Map.Entry<String, byte[]>> missingInMap,
      List<Event> retracted) {
    boolean isEmpty() {
      return missingInView.isEmpty() && missingInMap.isEmpty() && retracted.isEmpty();
    }
  }

  private static Differences compare(MapKeys inMap, List<JudgedEvent> events) {
    ViewEntries inView = new ViewEntries(events);
    List<Map.Entry<String, byte[]>> missingInMap = new ArrayList<>();
    List<Event> retracted = new ArrayList<>();
    inView
        .byKey()
        .forEach(
            (key, event) -> {
              if (inMap.retracted().contains(key)) {
                retracted.add(event.event());
              } else if (!inMap.all().contains(key)) {
                missingInMap.add(Map.entry(key, EventEntry.value(event)));
              }
            });
    List<String> missingInView =
        inMap.all().stream()
            .filter(key -> !inMap.retracted().contains(key) && !inView.contains(key))
            .toList();
    return new Differences(missingInView, missingInMap, retracted);
  }

  private Future<?> push(List<Map.Entry<String, byte[]>> missing) {
    if (missing.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = Math.min(missing.size(), LedgerView.BATCH);
    Map<String, byte[]> batch = new HashMap<>();
    missing.subList(0, size).forEach(entry -> batch.put(entry.getKey(), entry.getValue()));
    return write(batch, true, true).compose(written -> push(missing.subList(size, missing.size())));
  }

  private void publishKeys() {
    // One at a time: waiting publishes would occupy the threads that merges need.
    if (open && !publishingKeys && member.hasQuorum()) {
      publishingKeys = true;
      worker
          .executeBlocking(() -> sharedKeyring.publish(tracker.highest()), false)
          .onFailure(
              failure -> LOG.debug("Failed to publish keys; retry; cause={}", failure.toString()))
          .onComplete(ended -> publishingKeys = false);
    }
  }

  /** Each offer also verifies the quarantine, but the next offer may be a long time away. */
  private void onKeysLearned() {
    vertx.cancelTimer(verifyTimer);
    verifyTimer = vertx.setTimer(DEBOUNCE.toMillis(), id -> verifyQuarantined());
  }

  private void verifyQuarantined() {
    bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyReleased(), Timeouts.MERGE)
        .onFailure(
            failure -> LOG.debug("Failed to verify the quarantine; cause={}", failure.toString()));
  }
}
