package nara.gossip;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Time;
import nara.discovery.Neighbour;
import nara.ledger.Query;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;
import nara.recovery.KeySearch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background sync of the wire contract: every half hour one or two neighbours are asked for
 * what they had lately, and then all of them for the keys that some events still wait for.
 *
 * <p>{@link #requests} is the one place that says what a neighbour is asked for.
 */
final class CatchingUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchingUp.class);

  /** The wire contract's: every 30 minutes, five more or less. */
  static final Duration PAUSE = Duration.ofMinutes(30);

  static final Duration JITTER = Duration.ofMinutes(5);

  /** The wire contract's: a light question. */
  static final int EVENTS = 100;

  private static final Duration FETCH_TIME = Duration.ofSeconds(15);
  private static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(3);

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
  Future<Void> with(Chosen chosen) {
    return Future.all(chosen.events().stream().map(this::catchUp).toList())
        .compose(merged -> new KeySearch(bus).seek(chosen.keys()))
        .map(
            found -> {
              added += found.offered().added();
              return null;
            });
  }

  private Future<Void> catchUp(Peer peer) {
    asked++;
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

  /** What a neighbour is asked for. */
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
