package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.STANDING;
import static nara.checkpoint.consensus.Ballots.voter;

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
import nara.bus.Scheduler;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.CheckpointMessage;
import nara.node.Blocking;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import nara.trust.verifier.BouncyCastleVerifier;

/** Lisa's consensus alone, with the other parts of her node played by the test. */
final class ConsensusHarness {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  final ManualScheduler time = new ManualScheduler(NOW);
  final Keyring keys = new Keyring();
  final BlockingQueue<CheckpointMessage> published = new LinkedBlockingQueue<>();
  final BlockingQueue<byte[]> offered = new LinkedBlockingQueue<>();
  volatile int online = 6;
  volatile String trouble = "";
  volatile AgreedValues agreedValues = STANDING;
  volatile List<Event> checkpoints = List.of();
  private final Bus bus;
  private final Vertx vertx;

  ConsensusHarness(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.of(vertx);
    bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onLedger);
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onPlaza);
    bus.serve(DiscoveryRequest.ADDRESS, DiscoveryRequest.class, request -> neighbours());
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onTrust);
    IntStream.rangeClosed(1, 12).mapToObj(Ballots::voter).forEach(this::learnKey);
  }

  void learnKey(Citizen citizen) {
    keys.learn(citizen.name(), citizen.id(), citizen.key(), Origin.HEY_THERE);
  }

  ConsensusHarness deployed(boolean readOnly) {
    Blocking.await(
        vertx.deployVerticle(
            new ConsensusVerticle(
                LISA.identity(),
                keys,
                ConsensusConfig.defaults(),
                readOnly,
                new BouncyCastleVerifier(),
                (Scheduler) time,
                new SplittableRandom(1))),
        TIMEOUT);
    return this;
  }

  ConsensusHarness started() {
    deployed(false);
    ask(ConsensusRequest.ADDRESS, new ConsensusRequest.StartConsensus());
    return this;
  }

  /** What the verticle does with a message of the plaza; done when it is done with it. */
  ConsensusState deliver(CheckpointMessage word) {
    ask(CheckpointMessage.ADDRESS, word);
    return state();
  }

  ConsensusState deliver(Proposal proposal) {
    return deliver(new CheckpointMessage.Proposed(ConsensusJson.write(proposal)));
  }

  ConsensusState deliver(Vote vote) {
    return deliver(new CheckpointMessage.Voted(ConsensusJson.write(vote)));
  }

  ConsensusState state() {
    return ask(ConsensusRequest.ADDRESS, new ConsensusRequest.GetConsensusState());
  }

  /** Asks again until it is so: each question goes once around the event loop. */
  ConsensusState awaitState(Predicate<ConsensusState> wanted) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
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

  ConsensusState awaitRefusals(String what, long times) {
    return awaitState(state -> state.counts().getOrDefault(what, 0L) == times);
  }

  Proposal nextProposal() {
    return ConsensusJson.readProposal(((CheckpointMessage.Proposed) next(published)).json());
  }

  static <T> T next(BlockingQueue<T> queue) {
    try {
      return Optional.ofNullable(queue.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
          .orElseThrow(() -> new AssertionError("nothing came"));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private <R extends BusMessage> R ask(String address, nara.bus.Request<R> request) {
    return Blocking.await(bus.request(address, request, TIMEOUT), TIMEOUT);
  }

  private Future<? extends BusMessage> onLedger(LedgerRequest<?> request) {
    return switch (request) {
      case LedgerRequest.SummariseSubject about ->
          Future.succeededFuture(
              new LedgerRequest.SubjectSummary(
                  about.subject(),
                  agreedValues.restarts(),
                  agreedValues.totalUptime(),
                  agreedValues.startTime(),
                  "",
                  "ONLINE",
                  new LedgerRequest.Opinion(0, 0, 0)));
      case LedgerRequest.QueryEvents queryEvents ->
          Future.succeededFuture(new LedgerRequest.QueryResult(checkpoints, Optional.empty()));
      default -> Future.failedFuture("not needed here: " + request);
    };
  }

  private Future<? extends BusMessage> onPlaza(PlazaRequest<?> request) {
    if (trouble.isEmpty()) {
      published.add(((PlazaRequest.PublishCheckpointMessage) request).message());
    }
    return Future.succeededFuture(new PlazaRequest.PublishResult(trouble));
  }

  private Future<DiscoveryRequest.NeighbourList> neighbours() {
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
    return Future.succeededFuture(new DiscoveryRequest.NeighbourList(all, List.of()));
  }

  private Future<? extends BusMessage> onTrust(TrustRequest<?> request) {
    offered.add(((TrustRequest.OfferEvents) request).events().json());
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    return Future.succeededFuture(
        new TrustRequest.OfferResult(1, 1, 0, 0, 0, 0, verdicts, Set.of()));
  }
}
