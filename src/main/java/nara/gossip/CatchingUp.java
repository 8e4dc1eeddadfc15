package nara.gossip;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Time;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.Query;
import nara.mesh.MeshLimits;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.NotReconciled;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.ReconcileOutcome;
import nara.mesh.MeshRequest.Reconciled;
import nara.recovery.KeySearch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background sync of the wire contract: every half hour one or two neighbours are asked for
 * what they had lately, and then all of them for the keys that some events still wait for.
 *
 * <p>Who can reconcile is compared with, so that nothing of a day is missed and nothing is sent
 * twice; the mesh remembers who cannot. {@link #requests} is the one place that says what the
 * others are asked for.
 */
final class CatchingUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchingUp.class);

  /** The wire contract's: every 30 minutes, five more or less. */
  static final Duration PAUSE = Duration.ofMinutes(30);

  static final Duration JITTER = Duration.ofMinutes(5);

  /** The wire contract's: a light question. */
  static final int EVENTS = 100;

  /**
   * How far back a comparison goes: the day in which the reference wants news of its neighbours.
   */
  static final Duration COMPARED = Duration.ofHours(24);

  /** For one exchange of a comparison or of events. */
  private static final Duration FETCH_TIME = Duration.ofSeconds(15);

  private static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(3);

  /** A comparison may wait for the one before it, and then merges what it brought. */
  private static final Duration COMPARING_TIME =
      MeshLimits.RECONCILE_ALONE.plus(MeshLimits.RECONCILE_TIME).plus(MERGE_ALLOWANCE);

  /**
   * What changes all the time. The reference merges only what is younger than a day; here older
   * ones are taken too, because they are judged like all others and the ledger has limits of its
   * own.
   */
  private static final Query NEWS =
      new Query.Recent(EVENTS, new Query.Filter(Set.of("observation", "social", "ping"), Set.of()));

  /** What must never be missed; asked for alone, so that no news crowd them out. */
  private static final Query CHECKPOINTS =
      new Query.Recent(EVENTS, new Query.Filter(Set.of("checkpoint"), Set.of()));

  private final Bus bus;
  private final RandomGenerator random;
  private long asked;
  private long added;

  CatchingUp(Bus bus, RandomGenerator random) {
    this.bus = bus;
    this.random = random;
  }

  /** Before the first time: some minutes more at random, so that not all begin together. */
  Duration firstPause() {
    return pause().plusSeconds(random.nextLong(JITTER.toSeconds()));
  }

  /** Until the next time. */
  Duration pause() {
    return PAUSE.minus(JITTER).plusSeconds(random.nextLong(2 * JITTER.toSeconds() + 1));
  }

  /** How many neighbours were asked so far. */
  long asked() {
    return asked;
  }

  /** How many events were new. */
  long added() {
    return added;
  }

  /**
   * Whom to ask.
   *
   * @param little who remembers little itself
   */
  Chosen draw(Circle circle, List<Neighbour> known, Set<String> little, Time time) {
    List<Peer> all = circle.draw(known, known.size(), name -> true, time.instant());
    List<Neighbour> there = known.stream().filter(Neighbour::online).toList();
    List<Peer> ask =
        circle.draw(there, 1 + random.nextInt(2), name -> !little.contains(name), time.instant());
    return new Chosen(ask, all);
  }

  /** Whom to ask for events, and whom for keys. */
  record Chosen(List<Peer> events, List<Peer> keys) {}

  /** Asks them; done when all that they gave is merged. */
  Future<Void> with(Chosen chosen, Instant now) {
    return Future.all(chosen.events().stream().map(peer -> catchUp(peer, now)).toList())
        .compose(merged -> new KeySearch(bus).seek(chosen.keys()))
        .map(
            found -> {
              added += found.offered().added();
              return null;
            });
  }

  private Future<Void> catchUp(Peer peer, Instant now) {
    asked++;
    long since = Event.nanos(now.minus(COMPARED));
    return bus.ask(
            MeshRequest.ADDRESS, new MeshRequest.Reconcile(peer, since, FETCH_TIME), COMPARING_TIME)
        .compose(outcome -> compared(peer, outcome));
  }

  private Future<Void> compared(Peer peer, ReconcileOutcome outcome) {
    return switch (outcome) {
      case Reconciled reconciled -> {
        added += reconciled.offered().added();
        if (!reconciled.whole()) {
          LOG.debug("{} was not compared to the end: {}", peer.name(), reconciled.trouble());
        }
        yield Future.succeededFuture();
      }
      case NotReconciled not -> {
        LOG.debug("{} was not compared with: {}", peer.name(), not.reason());
        yield fetch(peer);
      }
    };
  }

  private Future<Void> fetch(Peer peer) {
    Future<Void> done = Future.succeededFuture();
    for (MeshRequest<FetchOutcome> request : requests(peer)) {
      done =
          done.compose(
              before ->
                  bus.ask(MeshRequest.ADDRESS, request, FETCH_TIME.plus(MERGE_ALLOWANCE))
                      .map(outcome -> counted(peer, outcome)));
    }
    return done;
  }

  /** What a neighbour is asked for that cannot reconcile. */
  private static List<MeshRequest<FetchOutcome>> requests(Peer peer) {
    return List.of(
        new MeshRequest.Fetch(peer, NEWS, FETCH_TIME),
        new MeshRequest.Fetch(peer, CHECKPOINTS, FETCH_TIME));
  }

  private Void counted(Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case Fetched fetched -> added += fetched.offered().added();
      case MeshRequest.FetchFailed failed ->
          LOG.debug("{} did not help to catch up: {}", peer.name(), failed.reason());
    }
    return null;
  }
}
