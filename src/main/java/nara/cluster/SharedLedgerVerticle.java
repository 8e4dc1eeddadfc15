package nara.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
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
import nara.cluster.map.TermTracker;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeEvents;
import nara.ledger.LedgerRequest.RecordObservation;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the ledger's address in a cluster. What is to be merged goes to the shared map first,
 * and counts as merged when the map has it with its backups; then it goes into this member's view.
 * What others put into the map comes into the view by the map's events. Everything else the view
 * answers.
 *
 * <p>Events of a map can be lost with the member that sends them. So whenever members come or go,
 * or this one was cut off, view and map are compared, and each gets what it lacks: that is also how
 * a new member catches up, and how both sides of a split get together.
 */
final class SharedLedgerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLedgerVerticle.class);

  /** Entries read or written at once: about 2.4 MB. */
  private static final int BATCH = 5_000;

  /** Members come and go in groups; and after a failure there is no hurry. */
  private static final Duration DEBOUNCE = Duration.ofMillis(500);

  private static final Duration PUBLISH_KEYS_INTERVAL = Duration.ofMillis(500);

  private final ClusterMember member;
  private final TermTracker termTracker;

  private Bus bus;
  private WorkerExecutor worker;
  private SharedMap sharedMap;
  private RemoteEntryBatcher entryBatcher;
  private LedgerView ledgerView;
  private SharedKeyring sharedKeyring;
  private final Keyring keyring;
  private boolean open;
  private boolean leading;
  private boolean catchingUp;
  private boolean catchUpAgain;
  private boolean publishingKeys;
  private long catchUpTimer = -1;
  private long judgeTimer = -1;

  SharedLedgerVerticle(ClusterMember member, Keyring keyring) {
    this.member = member;
    this.termTracker = member.terms();
    this.keyring = keyring;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-shared-ledger", 4);
    sharedMap = new SharedMap(member.hazelcast(), HazelcastConfig.LEDGER_MAP);
    ledgerView = new LedgerView(bus, worker, keyring);
    Context mine = context;
    entryBatcher =
        new RemoteEntryBatcher(
            sharedMap.map(), BATCH, mine::runOnContext, ledgerView::mergeEntries);
    sharedKeyring =
        new SharedKeyring(
            new SharedMap(member.hazelcast(), HazelcastConfig.KEYS_MAP),
            keyring,
            () -> mine.runOnContext(learned -> onKeysLearned()));
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews);
    bus.serve(ClusterRequest.LEDGER_ADDRESS, ClusterRequest.OpenSharedLedger.class, this::onOpen);
    vertx.setPeriodic(PUBLISH_KEYS_INTERVAL.toMillis(), fired -> publishKeys());
    return bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    open = false;
    return Future.fromCompletionStage(entryBatcher.close())
        .otherwiseEmpty()
        .eventually(() -> onWorker(sharedKeyring::close).otherwiseEmpty())
        .eventually(worker::close);
  }

  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    // Before it is opened only what this node remembers by itself comes in here.
    if (open && request instanceof MergeEvents events) {
      return onMerge(events);
    }
    return open && request instanceof RecordObservation own
        ? onObserve(own)
        : ledgerView.request(request);
  }

  /** Whether an observation of this nara's own is news the view decides; then it is shared. */
  private Future<LedgerRequest.MergeResult> onObserve(RecordObservation own) {
    return ledgerView
        .request(own)
        .compose(
            result ->
                result.added() + result.replaced() == 0
                    ? Future.succeededFuture(result)
                    : onMerge(new MergeEvents(List.of(own.observation()))).map(result));
  }

  private Future<LedgerRequest.MergeResult> onMerge(MergeEvents events) {
    if (!member.hasQuorum()) {
      return Future.failedFuture(
          new UnavailableException("the cluster has fewer members than its quorum"));
    }
    return onWorker(() -> entries(events.events()))
        .compose(entries -> write(entries, true))
        .compose(written -> ledgerView.request(events))
        .onFailure(failure -> scheduleCatchUp());
  }

  private static Map<String, byte[]> entries(List<JudgedEvent> events) {
    Map<String, byte[]> entries = new HashMap<>(events.size() * 2);
    events.forEach(event -> entries.put(EventEntry.key(event), EventEntry.value(event)));
    return entries;
  }

  /** Writes under the highest term known here; one that only stood by may take over a newer one. */
  private Future<?> write(Map<String, byte[]> entries, boolean retry) {
    long term = termTracker.highest();
    return onWorker(() -> sharedMap.write(term, entries, true))
        .recover(
            failure ->
                member.hasQuorum()
                    ? Future.failedFuture(failure)
                    : Future.failedFuture(new UnavailableException("the other members are gone")))
        .compose(
            refusedBy -> {
              if (refusedBy == 0) {
                // Alone, just now, there was no backup to wait for.
                return member.hasQuorum()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new UnavailableException("the other members are gone"));
              }
              termTracker.observe(refusedBy);
              if (leading) {
                bus.publish(ClusterNotification.ADDRESS, new HigherTermSeen(refusedBy));
              }
              return leading || !retry
                  ? Future.failedFuture(
                      new UnavailableException(
                          "term " + term + " is over: term " + refusedBy + " leads"))
                  : write(entries, false);
            });
  }

  private void onNews(ClusterNotification news) {
    switch (news) {
      case MembersChanged changed -> scheduleCatchUp();
      case SplitBrainHealed healed -> {
        entryBatcher.resetListener();
        sharedKeyring.resetListener();
        scheduleCatchUp();
      }
      case LeadershipGained mine -> leading = true;
      case LeadershipLost mine -> leading = false;
      case HigherTermSeen by -> {}
      case CaughtUp mine -> {}
    }
  }

  private Future<Done> onOpen(ClusterRequest.OpenSharedLedger asked) {
    open = true;
    catchUp();
    return Future.succeededFuture(Done.DONE);
  }

  /** Compares view and map soon. */
  private void scheduleCatchUp() {
    vertx.cancelTimer(catchUpTimer);
    catchUpTimer = vertx.setTimer(DEBOUNCE.toMillis(), fired -> catchUp());
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
    onWorker(
            () -> {
              entryBatcher.listen();
              sharedKeyring.listen();
              // Hazelcast's own set reads all of it for each look.
              return new HashSet<>(sharedMap.map().keySet());
            })
        .compose(this::exchangeMissing)
        .onSuccess(done -> bus.publish(ClusterNotification.ADDRESS, new CaughtUp(true)))
        .onFailure(
            failure -> {
              LOG.info("the view is not complete yet: {}", failure.toString());
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

  /** Gives the view what only the map has, and the map what only the view has. */
  private Future<?> exchangeMissing(Set<String> inMap) {
    return ledgerView
        .request(new LedgerRequest.ExportVariants())
        .compose(forms -> onWorker(() -> Differences.of(inMap, entries(forms.events()))))
        .compose(
            differences -> {
              if (!differences.missingInView.isEmpty() || !differences.missingInMap.isEmpty()) {
                LOG.info(
                    "{} events come from the other members, {} go to them",
                    differences.missingInView.size(),
                    differences.missingInMap.size());
              }
              return pullMissing(differences.missingInView, 0)
                  .compose(read -> pushMissing(differences.missingInMap, 0));
            });
  }

  /** What the view lacks of the map, and the map of the view. */
  private record Differences(
      List<String> missingInView, List<Map.Entry<String, byte[]>> missingInMap) {
    static Differences of(Set<String> inMap, Map<String, byte[]> inView) {
      return new Differences(
          inMap.stream().filter(key -> !inView.containsKey(key)).toList(),
          inView.entrySet().stream().filter(entry -> !inMap.contains(entry.getKey())).toList());
    }
  }

  private Future<?> pullMissing(List<String> missing, int from) {
    if (from >= missing.size()) {
      return Future.succeededFuture();
    }
    Set<String> batch =
        new HashSet<>(missing.subList(from, Math.min(missing.size(), from + BATCH)));
    return onWorker(() -> sharedMap.map().getAll(batch))
        .compose(ledgerView::mergeEntries)
        .compose(viewed -> pullMissing(missing, from + BATCH));
  }

  private Future<?> pushMissing(List<Map.Entry<String, byte[]>> missing, int from) {
    if (from >= missing.size()) {
      return Future.succeededFuture();
    }
    Map<String, byte[]> batch = new HashMap<>();
    missing
        .subList(from, Math.min(missing.size(), from + BATCH))
        .forEach(entry -> batch.put(entry.getKey(), entry.getValue()));
    return write(batch, true).compose(written -> pushMissing(missing, from + BATCH));
  }

  private void publishKeys() {
    // One at a time: those that wait would keep the threads that merging needs.
    if (open && !publishingKeys && member.hasQuorum()) {
      publishingKeys = true;
      onWorker(() -> sharedKeyring.publish(termTracker.highest()))
          .onFailure(failure -> LOG.debug("keys are shared later: {}", failure.toString()))
          .onComplete(ended -> publishingKeys = false);
    }
  }

  /** What waits for a key is looked through with each offer; none may come for a while. */
  private void onKeysLearned() {
    vertx.cancelTimer(judgeTimer);
    judgeTimer = vertx.setTimer(DEBOUNCE.toMillis(), fired -> judgeQuarantined());
  }

  private void judgeQuarantined() {
    bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyReleased(), Timeouts.MERGE)
        .onFailure(failure -> LOG.debug("judged later: {}", failure.toString()));
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return worker.executeBlocking(work, false);
  }
}
