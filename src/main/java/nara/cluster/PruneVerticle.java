package nara.cluster;

import com.hazelcast.map.IMap;
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
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.map.EventEntry;
import nara.cluster.map.SharedMap;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the shared map what the rules of retention drop; only a leader has it. All views
 * drop the same by themselves, so nobody has to be told.
 *
 * <p>Nothing goes that the leader's view has not seen: what the map has beside the view is offered
 * to the view once more, and only what it drops again is removed.
 */
public final class PruneVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(PruneVerticle.class);

  static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);

  /** Entries looked at in one go: about 2.4 MB. */
  private static final int BATCH = 5_000;

  /**
   * What retention has dropped may stay until it is this many and a twentieth of all, so that the
   * cost of looking through everything is shared by many.
   */
  private static final int MIN_EXCESS = 1_000;

  private static final int MIN_EXCESS_DIVISOR = 20;

  private final ClusterMember member;
  private final Keyring keyring;
  private final long term;
  private final Duration interval;

  private WorkerExecutor worker;
  private SharedMap sharedMap;
  private LedgerView ledgerView;
  private boolean pruning;
  private boolean stopping;

  /**
   * Sweeps for one lead.
   *
   * @param term of the lead: when another leads, nothing is removed any longer
   * @param interval how often it looks whether there is enough to remove
   */
  public PruneVerticle(ClusterMember member, Keyring keyring, long term, Duration interval) {
    this.member = member;
    this.keyring = keyring;
    this.term = term;
    this.interval = interval;
  }

  @Override
  public Future<?> start() {
    worker = vertx.createSharedWorkerExecutor("nara-sweep", 1);
    sharedMap = new SharedMap(member.hazelcast(), HazelcastConfig.LEDGER_MAP);
    ledgerView = new LedgerView(Bus.of(vertx), worker, keyring);
    vertx.setPeriodic(interval.toMillis(), fired -> pruneIfWorthwhile());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return worker.close();
  }

  private void pruneIfWorthwhile() {
    if (pruning || !member.hasQuorum()) {
      return;
    }
    pruning = true;
    ledgerView
        .request(new LedgerRequest.ReadLedgerStats())
        .compose(stats -> onWorker(() -> isWorthwhile(stats.total())))
        .compose(worthIt -> worthIt ? prune() : Future.succeededFuture())
        .onFailure(this::onPruneFailed)
        .onComplete(swept -> pruning = false);
  }

  private void onPruneFailed(Throwable failure) {
    if (!stopping) {
      LOG.warn("the shared map was not swept: {}", failure.toString());
    }
  }

  private boolean isWorthwhile(int held) {
    return sharedMap.map().size() - held > MIN_EXCESS + held / MIN_EXCESS_DIVISOR;
  }

  private Future<?> prune() {
    return heldKeys()
        .compose(kept -> onWorker(() -> excessKeys(sharedMap.map(), kept)))
        .compose(
            beside ->
                offerAgain(beside, 0)
                    .compose(seen -> heldKeys())
                    .map(kept -> removals(beside, kept)))
        .compose(gone -> gone.isEmpty() ? Future.succeededFuture() : remove(gone));
  }

  /** The keys of all that the view holds. */
  private Future<Set<String>> heldKeys() {
    return ledgerView
        .request(new LedgerRequest.ExportVariants())
        .compose(
            forms ->
                onWorker(
                    () -> {
                      Set<String> keys = new HashSet<>();
                      forms.events().forEach(event -> keys.add(EventEntry.key(event)));
                      return keys;
                    }));
  }

  private static List<String> excessKeys(IMap<String, byte[]> map, Set<String> held) {
    return map.keySet().stream().filter(key -> !held.contains(key)).toList();
  }

  private Future<?> offerAgain(List<String> excess, int from) {
    if (from >= excess.size()) {
      return Future.succeededFuture();
    }
    Set<String> batch = new HashSet<>(excess.subList(from, Math.min(excess.size(), from + BATCH)));
    return onWorker(() -> sharedMap.map().getAll(batch))
        .compose(ledgerView::mergeEntries)
        .compose(seen -> offerAgain(excess, from + BATCH));
  }

  private static Map<String, byte[]> removals(List<String> excess, Set<String> held) {
    Map<String, byte[]> removals = new HashMap<>();
    excess.stream()
        .filter(key -> !held.contains(key))
        .forEach(key -> removals.put(key, new byte[0]));
    return removals;
  }

  private Future<?> remove(Map<String, byte[]> removals) {
    return onWorker(() -> sharedMap.write(term, removals, false))
        .onSuccess(
            refusedBy -> {
              if (refusedBy != 0) {
                Bus.of(vertx).publish(ClusterNotification.ADDRESS, new HigherTermSeen(refusedBy));
              } else {
                LOG.info("{} events that retention drops left the shared map", removals.size());
              }
            });
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return worker.executeBlocking(work, false);
  }
}
