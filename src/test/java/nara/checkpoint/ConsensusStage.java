package nara.checkpoint;

import static nara.checkpoint.Ballots.LISA;
import static nara.checkpoint.Ballots.NOW;
import static nara.checkpoint.Ballots.STANDING;
import static nara.checkpoint.Ballots.voter;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Time;
import nara.checkpoint.ConsensusRequest.ConsensusState;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint.Standing;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.node.Blocking;
import nara.plaza.CheckpointWord;
import nara.plaza.PlazaRequest;
import nara.testing.Citizen;
import nara.testing.HandTime;
import nara.trust.BouncyCastleVerifier;
import nara.trust.TrustRequest;

/** Lisa's consensus alone, with the other parts of her node played by the test. */
final class ConsensusStage {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final HandTime time = new HandTime(NOW);
  final Keyring keys = new Keyring();
  final BlockingQueue<CheckpointWord> said = new LinkedBlockingQueue<>();
  final BlockingQueue<byte[]> offered = new LinkedBlockingQueue<>();
  volatile int online = 6;
  volatile String trouble = "";
  volatile Standing standing = STANDING;
  volatile List<Event> checkpoints = List.of();
  private final Bus bus;
  private final Vertx vertx;

  ConsensusStage(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.of(vertx);
    bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onLedger);
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onPlaza);
    bus.serve(DiscoveryRequest.ADDRESS, DiscoveryRequest.class, request -> neighbours());
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onTrust);
    IntStream.rangeClosed(1, 12).mapToObj(Ballots::voter).forEach(this::know);
  }

  void know(Citizen citizen) {
    keys.learn(citizen.name(), citizen.id(), citizen.key(), Origin.HEY_THERE);
  }

  ConsensusStage deployed(boolean readOnly) {
    Blocking.await(
        vertx.deployVerticle(
            new ConsensusVerticle(
                LISA.identity(),
                keys,
                ConsensusConfig.defaults(),
                readOnly,
                new BouncyCastleVerifier(),
                (Time) time,
                new SplittableRandom(1))),
        PATIENCE);
    return this;
  }

  ConsensusStage begun() {
    deployed(false);
    ask(ConsensusRequest.ADDRESS, new ConsensusRequest.Begin());
    return this;
  }

  /** What the verticle does with a message of the plaza; done when it is done with it. */
  ConsensusState hear(CheckpointWord word) {
    ask(CheckpointWord.ADDRESS, word);
    return state();
  }

  ConsensusState hear(Proposal proposal) {
    return hear(new CheckpointWord.Proposed(BallotJson.write(proposal)));
  }

  ConsensusState hear(Vote vote) {
    return hear(new CheckpointWord.Voted(BallotJson.write(vote)));
  }

  ConsensusState state() {
    return ask(ConsensusRequest.ADDRESS, new ConsensusRequest.State());
  }

  /** Asks again until it is so: each question goes once around the event loop. */
  ConsensusState until(Predicate<ConsensusState> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    ConsensusState state = state();
    while (!wanted.test(state)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still " + state);
      }
      Thread.onSpinWait();
      state = state();
    }
    return state;
  }

  ConsensusState untilCounted(String what, long times) {
    return until(state -> state.counts().getOrDefault(what, 0L) == times);
  }

  Proposal proposed() {
    return BallotJson.proposal(((CheckpointWord.Proposed) next(said)).json());
  }

  static <T> T next(BlockingQueue<T> queue) {
    try {
      return Optional.ofNullable(queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .orElseThrow(() -> new AssertionError("nothing came"));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private <R extends BusMessage> R ask(String address, nara.bus.Request<R> request) {
    return Blocking.await(bus.ask(address, request, PATIENCE), PATIENCE);
  }

  private Future<? extends BusMessage> onLedger(LedgerRequest<?> request) {
    return switch (request) {
      case LedgerRequest.AboutSubject about ->
          Future.succeededFuture(
              new LedgerRequest.Derived(
                  about.subject(),
                  standing.restarts(),
                  standing.totalUptime(),
                  standing.startTime(),
                  "",
                  "ONLINE",
                  new LedgerRequest.Opinion(0, 0, 0)));
      case LedgerRequest.Ask ask ->
          Future.succeededFuture(new LedgerRequest.Answer(checkpoints, Optional.empty()));
      default -> Future.failedFuture("not needed here: " + request);
    };
  }

  private Future<? extends BusMessage> onPlaza(PlazaRequest<?> request) {
    if (trouble.isEmpty()) {
      said.add(((PlazaRequest.Say) request).word());
    }
    return Future.succeededFuture(new PlazaRequest.Said(trouble));
  }

  private Future<DiscoveryRequest.Neighbourhood> neighbours() {
    List<Neighbour> all =
        IntStream.rangeClosed(1, 9)
            .mapToObj(
                i ->
                    new Neighbour(
                        voter(i).name(),
                        voter(i).id(),
                        "",
                        Optional.of(voter(i).key()),
                        Set.of(Neighbour.Source.PLAZA),
                        i <= online))
            .toList();
    return Future.succeededFuture(new DiscoveryRequest.Neighbourhood(all, List.of()));
  }

  private Future<? extends BusMessage> onTrust(TrustRequest<?> request) {
    offered.add(((TrustRequest.Offer) request).json());
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    return Future.succeededFuture(new TrustRequest.Offered(1, 1, 0, 0, 0, 0, verdicts, Set.of()));
  }
}
