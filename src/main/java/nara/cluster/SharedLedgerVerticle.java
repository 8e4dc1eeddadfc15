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
import nara.bus.Unavailable;
import nara.cluster.ClusterNews.CaughtUp;
import nara.cluster.ClusterNews.Leads;
import nara.cluster.ClusterNews.MembersChanged;
import nara.cluster.ClusterNews.Outranked;
import nara.cluster.ClusterNews.Returned;
import nara.cluster.ClusterNews.StandsBy;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.Merge;
import nara.ledger.LedgerRequest.Observe;
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

  /** Judging a quarantine again takes the slowest verifier seconds. */
  private static final Duration TRUST_TIMEOUT = Duration.ofMinutes(2);

  /** Entries read or written at once: about 2.4 MB. */
  private static final int BATCH = 5_000;

  /** Members come and go in groups; and after a failure there is no hurry. */
  private static final Duration SETTLING = Duration.ofMillis(500);

  private static final Duration KEYS_EVERY = Duration.ofMillis(500);

  private final ClusterMember member;
  private final Terms terms;

  private Bus bus;
  private WorkerExecutor worker;
  private SharedMap shared;
  private MapFeed feed;
  private View view;
  private SharedKeys keys;
  private final Keyring keyring;
  private boolean open;
  private boolean leads;
  private boolean catchingUp;
  private boolean onceMore;
  private boolean sharing;
  private long settling = -1;
  private long judging = -1;

  SharedLedgerVerticle(ClusterMember member, Keyring keyring) {
    this.member = member;
    this.terms = member.terms();
    this.keyring = keyring;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-shared-ledger", 4);
    shared = new SharedMap(member.hazelcast(), Maps.LEDGER);
    view = new View(bus, worker, keyring);
    Context mine = context;
    feed = new MapFeed(shared.map(), BATCH, mine::runOnContext, view::take);
    keys =
        new SharedKeys(
            new SharedMap(member.hazelcast(), Maps.KEYS),
            keyring,
            () -> mine.runOnContext(learned -> onKeysLearned()));
    bus.hear(ClusterNews.ADDRESS, ClusterNews.class, this::onNews);
    bus.serve(ClusterRequest.LEDGER, ClusterRequest.Open.class, this::onOpen);
    vertx.setPeriodic(KEYS_EVERY.toMillis(), fired -> shareKeys());
    return bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    open = false;
    return Future.fromCompletionStage(feed.close())
        .otherwiseEmpty()
        .eventually(() -> onMap(keys::close).otherwiseEmpty())
        .eventually(worker::close);
  }

  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    // Before it is opened only what this node remembers by itself comes in here.
    if (open && request instanceof Merge merge) {
      return onMerge(merge);
    }
    return open && request instanceof Observe own ? onObserve(own) : view.ask(request);
  }

  /** Whether an observation of this nara's own is news the view decides; then it is shared. */
  private Future<LedgerRequest.Merged> onObserve(Observe own) {
    return view.ask(own)
        .compose(
            merged ->
                merged.added() + merged.replaced() == 0
                    ? Future.succeededFuture(merged)
                    : onMerge(new Merge(List.of(own.observation()))).map(merged));
  }

  private Future<LedgerRequest.Merged> onMerge(Merge merge) {
    if (!member.quorate()) {
      return Future.failedFuture(new Unavailable("the cluster has fewer members than its quorum"));
    }
    return onMap(() -> entries(merge.events()))
        .compose(entries -> write(entries, true))
        .compose(written -> view.ask(merge))
        .onFailure(failure -> settle());
  }

  private static Map<String, byte[]> entries(List<Judged> events) {
    Map<String, byte[]> entries = new HashMap<>(events.size() * 2);
    events.forEach(event -> entries.put(EventEntry.key(event), EventEntry.value(event)));
    return entries;
  }

  /** Writes under the highest term known here; one that only stood by may take over a newer one. */
  private Future<?> write(Map<String, byte[]> entries, boolean again) {
    long term = terms.highest();
    return onMap(() -> shared.write(term, entries, true))
        .recover(
            failure ->
                member.quorate()
                    ? Future.failedFuture(failure)
                    : Future.failedFuture(new Unavailable("the other members are gone")))
        .compose(
            refusedBy -> {
              if (refusedBy == 0) {
                // Alone, just now, there was no backup to wait for.
                return member.quorate()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new Unavailable("the other members are gone"));
              }
              terms.saw(refusedBy);
              if (leads) {
                bus.tell(ClusterNews.ADDRESS, new Outranked(refusedBy));
              }
              return leads || !again
                  ? Future.failedFuture(
                      new Unavailable("term " + term + " is over: term " + refusedBy + " leads"))
                  : write(entries, false);
            });
  }

  private void onNews(ClusterNews news) {
    switch (news) {
      case MembersChanged changed -> settle();
      case Returned returned -> {
        feed.listenAnew();
        keys.listenAnew();
        settle();
      }
      case Leads mine -> leads = true;
      case StandsBy mine -> leads = false;
      case Outranked by -> {}
      case CaughtUp mine -> {}
    }
  }

  private Future<Done> onOpen(ClusterRequest.Open asked) {
    open = true;
    catchUp();
    return Future.succeededFuture(Done.DONE);
  }

  /** Compares view and map soon. */
  private void settle() {
    vertx.cancelTimer(settling);
    settling = vertx.setTimer(SETTLING.toMillis(), fired -> catchUp());
  }

  private void catchUp() {
    if (!open) {
      return;
    }
    if (catchingUp) {
      onceMore = true;
      return;
    }
    if (!member.quorate()) {
      bus.tell(ClusterNews.ADDRESS, new CaughtUp(false));
      return;
    }
    catchingUp = true;
    onceMore = false;
    onMap(
            () -> {
              feed.listen();
              keys.listen();
              // Hazelcast's own set reads all of it for each look.
              return new HashSet<>(shared.map().keySet());
            })
        .compose(this::compare)
        .onSuccess(done -> bus.tell(ClusterNews.ADDRESS, new CaughtUp(true)))
        .onFailure(
            failure -> {
              LOG.info("the view is not complete yet: {}", failure.toString());
              bus.tell(ClusterNews.ADDRESS, new CaughtUp(false));
              settle();
            })
        .onComplete(
            ended -> {
              catchingUp = false;
              if (onceMore) {
                catchUp();
              }
            });
  }

  /** Gives the view what only the map has, and the map what only the view has. */
  private Future<?> compare(Set<String> inMap) {
    return view.ask(new LedgerRequest.AllForms())
        .compose(forms -> onMap(() -> Differences.of(inMap, entries(forms.events()))))
        .compose(
            differences -> {
              if (!differences.lacking.isEmpty() || !differences.own.isEmpty()) {
                LOG.info(
                    "{} events come from the other members, {} go to them",
                    differences.lacking.size(),
                    differences.own.size());
              }
              return read(differences.lacking, 0).compose(read -> push(differences.own, 0));
            });
  }

  /** What the view lacks of the map, and the map of the view. */
  private record Differences(List<String> lacking, List<Map.Entry<String, byte[]>> own) {
    static Differences of(Set<String> inMap, Map<String, byte[]> inView) {
      return new Differences(
          inMap.stream().filter(key -> !inView.containsKey(key)).toList(),
          inView.entrySet().stream().filter(entry -> !inMap.contains(entry.getKey())).toList());
    }
  }

  private Future<?> read(List<String> lacking, int from) {
    if (from >= lacking.size()) {
      return Future.succeededFuture();
    }
    Set<String> some = new HashSet<>(lacking.subList(from, Math.min(lacking.size(), from + BATCH)));
    return onMap(() -> shared.map().getAll(some))
        .compose(view::take)
        .compose(viewed -> read(lacking, from + BATCH));
  }

  private Future<?> push(List<Map.Entry<String, byte[]>> own, int from) {
    if (from >= own.size()) {
      return Future.succeededFuture();
    }
    Map<String, byte[]> some = new HashMap<>();
    own.subList(from, Math.min(own.size(), from + BATCH))
        .forEach(entry -> some.put(entry.getKey(), entry.getValue()));
    return write(some, true).compose(written -> push(own, from + BATCH));
  }

  private void shareKeys() {
    // One at a time: those that wait would keep the threads that merging needs.
    if (open && !sharing && member.quorate()) {
      sharing = true;
      onMap(() -> keys.share(terms.highest()))
          .onFailure(failure -> LOG.debug("keys are shared later: {}", failure.toString()))
          .onComplete(ended -> sharing = false);
    }
  }

  /** What waits for a key is looked through with each offer; none may come for a while. */
  private void onKeysLearned() {
    vertx.cancelTimer(judging);
    judging = vertx.setTimer(SETTLING.toMillis(), fired -> judgeWaiting());
  }

  private void judgeWaiting() {
    bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer("cluster", new byte[0], List.of()),
            TRUST_TIMEOUT)
        .onFailure(failure -> LOG.debug("judged later: {}", failure.toString()));
  }

  private <T> Future<T> onMap(Callable<T> work) {
    return worker.executeBlocking(work, false);
  }
}
