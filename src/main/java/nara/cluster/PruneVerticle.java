package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.map.EventEntry;
import nara.cluster.map.SharedMap;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the shared map the events that retention drops. Only the leader runs it; all views
 * drop the same events by themselves.
 *
 * <p>It offers the map's excess entries to the leader's view once more, and removes only those that
 * the view drops again. The map therefore loses no event that the view has not seen.
 */
public final class PruneVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(PruneVerticle.class);

  static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);

  /**
   * Pruning reads the whole map. It waits for this excess and a twentieth of the view, to spread
   * that cost over many events.
   */
  private static final int MIN_EXCESS = 1_000;

  private static final int MIN_EXCESS_DIVISOR = 20;

  private final ClusterMember member;
  private final Keyring keyring;
  private final long term;
  private final Duration interval;

  private WorkerExecutor worker;
  private SharedMap map;
  private LedgerView view;
  private boolean pruning;
  private boolean stopping;

  /**
   * @param term of the lead; in a later term the map refuses the removal
   * @param interval between checks for excess entries
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
    map = new SharedMap(member.hazelcast(), EventEntry.LEDGER_MAP);
    view = new LedgerView(Bus.of(vertx), worker, keyring);
    vertx.setPeriodic(interval.toMillis(), id -> pruneIfWorthwhile());
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
    view.request(new LedgerRequest.ReadLedgerStats())
        .compose(stats -> worker.executeBlocking(() -> isWorthwhile(stats.total())))
        .compose(worthwhile -> worthwhile ? prune() : Future.succeededFuture())
        .onFailure(this::onPruneFailed)
        .onComplete(ended -> pruning = false);
  }

  private void onPruneFailed(Throwable failure) {
    if (!stopping) {
      LOG.warn(
          "Failed to prune the shared map; retry in {} s; cause={}",
          interval.toSeconds(),
          failure.toString());
    }
  }

  private boolean isWorthwhile(int held) {
    return map.map().size() - held > MIN_EXCESS + held / MIN_EXCESS_DIVISOR;
  }

  private Future<?> prune() {
    return findExcess(map.map()::keySet)
        .compose(
            excess ->
                view.pull(map, excess)
                    .compose(none -> findExcess(() -> excess))
                    .compose(
                        dropped ->
                            view.removeRetracted(map, without(dropped, excess)).map(dropped)))
        .compose(dropped -> dropped.isEmpty() ? Future.succeededFuture() : remove(dropped));
  }

  private static Set<String> without(List<String> dropped, List<String> excess) {
    Set<String> kept = new HashSet<>(excess);
    dropped.forEach(kept::remove);
    return kept;
  }

  /** Those of the keys that the view does not hold. */
  private Future<List<String>> findExcess(Supplier<? extends Collection<String>> keys) {
    return view.request(new LedgerRequest.ExportVariants())
        .compose(
            export ->
                worker.executeBlocking(
                    () -> {
                      ViewEntries held = new ViewEntries(export.events());
                      return keys.get().stream().filter(key -> !held.contains(key)).toList();
                    }));
  }

  private Future<?> remove(List<String> keys) {
    return worker
        .executeBlocking(() -> map.write(term, SharedMap.removals(keys), false))
        .onSuccess(
            refusedBy -> {
              if (refusedBy != 0) {
                Bus.of(vertx).publish(ClusterNotification.ADDRESS, new HigherTermSeen(refusedBy));
              } else {
                LOG.info(
                    "Removed events from the shared map after retention; count={}", keys.size());
              }
            });
  }
}
