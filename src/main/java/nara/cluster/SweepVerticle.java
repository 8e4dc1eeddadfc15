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
import nara.cluster.ClusterNews.Outranked;
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
final class SweepVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SweepVerticle.class);

  static final Duration EVERY = Duration.ofSeconds(30);

  /** Entries looked at in one go: about 2.4 MB. */
  private static final int BATCH = 5_000;

  /**
   * What retention has dropped may stay until it is this many and a twentieth of all, so that the
   * cost of looking through everything is shared by many.
   */
  private static final int WORTH_IT = 1_000;

  private static final int SHARE_WORTH_IT = 20;

  private final ClusterMember member;
  private final Keyring keyring;
  private final long term;
  private final Duration every;

  private WorkerExecutor worker;
  private SharedMap shared;
  private View view;
  private boolean sweeping;
  private boolean stopping;

  /**
   * Sweeps for one lead.
   *
   * @param term of the lead: when another leads, nothing is removed any longer
   * @param every how often it looks whether there is enough to remove
   */
  SweepVerticle(ClusterMember member, Keyring keyring, long term, Duration every) {
    this.member = member;
    this.keyring = keyring;
    this.term = term;
    this.every = every;
  }

  @Override
  public Future<?> start() {
    worker = vertx.createSharedWorkerExecutor("nara-sweep", 1);
    shared = new SharedMap(member.hazelcast(), Maps.LEDGER);
    view = new View(Bus.of(vertx), worker, keyring);
    vertx.setPeriodic(every.toMillis(), fired -> look());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return worker.close();
  }

  private void look() {
    if (sweeping || !member.quorate()) {
      return;
    }
    sweeping = true;
    view.ask(new LedgerRequest.Stats())
        .compose(stats -> onMap(() -> isWorthIt(stats.total())))
        .compose(worthIt -> worthIt ? sweep() : Future.succeededFuture())
        .onFailure(this::onUnswept)
        .onComplete(swept -> sweeping = false);
  }

  private void onUnswept(Throwable failure) {
    if (!stopping) {
      LOG.warn("the shared map was not swept: {}", failure.toString());
    }
  }

  private boolean isWorthIt(int held) {
    return shared.map().size() - held > WORTH_IT + held / SHARE_WORTH_IT;
  }

  private Future<?> sweep() {
    return kept()
        .compose(kept -> onMap(() -> beside(shared.map(), kept)))
        .compose(beside -> again(beside, 0).compose(seen -> kept()).map(kept -> gone(beside, kept)))
        .compose(gone -> gone.isEmpty() ? Future.succeededFuture() : remove(gone));
  }

  /** The keys of all that the view holds. */
  private Future<Set<String>> kept() {
    return view.ask(new LedgerRequest.AllForms())
        .compose(
            forms ->
                onMap(
                    () -> {
                      Set<String> keys = new HashSet<>();
                      forms.events().forEach(event -> keys.add(EventEntry.key(event)));
                      return keys;
                    }));
  }

  private static List<String> beside(IMap<String, byte[]> map, Set<String> kept) {
    return map.keySet().stream().filter(key -> !kept.contains(key)).toList();
  }

  private Future<?> again(List<String> beside, int from) {
    if (from >= beside.size()) {
      return Future.succeededFuture();
    }
    Set<String> some = new HashSet<>(beside.subList(from, Math.min(beside.size(), from + BATCH)));
    return onMap(() -> shared.map().getAll(some))
        .compose(view::take)
        .compose(seen -> again(beside, from + BATCH));
  }

  private static Map<String, byte[]> gone(List<String> beside, Set<String> kept) {
    Map<String, byte[]> gone = new HashMap<>();
    beside.stream().filter(key -> !kept.contains(key)).forEach(key -> gone.put(key, new byte[0]));
    return gone;
  }

  private Future<?> remove(Map<String, byte[]> gone) {
    return onMap(() -> shared.write(term, gone, false))
        .onSuccess(
            refusedBy -> {
              if (refusedBy != 0) {
                Bus.of(vertx).tell(ClusterNews.ADDRESS, new Outranked(refusedBy));
              } else {
                LOG.info("{} events that retention drops left the shared map", gone.size());
              }
            });
  }

  private <T> Future<T> onMap(Callable<T> work) {
    return worker.executeBlocking(work, false);
  }
}
