package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.VALUES;
import static nara.checkpoint.consensus.Ballots.voter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.CheckpointMessage;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import nara.trust.verifier.BouncyCastleVerifier;

/** The consensus of Lisa's node alone; the test plays the other parts. */
final class ConsensusHarness implements AutoCloseable {
  final ManualScheduler time = new ManualScheduler(NOW);
  final Keyring keys = new Keyring();
  final BlockingQueue<CheckpointMessage> published = new LinkedBlockingQueue<>();
  final BlockingQueue<byte[]> offered = new LinkedBlockingQueue<>();
  volatile int online = 6;
  volatile String publishError = "";
  volatile AgreedValues agreedValues = VALUES;
  volatile List<Event> checkpoints = List.of();
  private final FakeBus bus = new FakeBus();

  ConsensusHarness() {
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.SummariseSubject.class,
        about ->
            new LedgerRequest.SubjectSummary(
                about.subject(),
                agreedValues.restarts(),
                agreedValues.totalUptime(),
                agreedValues.startTime(),
                "",
                "ONLINE",
                new LedgerRequest.Opinion(0, 0, 0)));
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.QueryEvents.class,
        query -> new LedgerRequest.QueryResult(checkpoints, Optional.empty()));
    bus.reply(PlazaRequest.ADDRESS, PlazaRequest.PublishCheckpointMessage.class, this::onPublish);
    bus.reply(
        DiscoveryRequest.ADDRESS, DiscoveryRequest.ListNeighbours.class, request -> neighbours());
    bus.reply(TrustRequest.ADDRESS, TrustRequest.OfferEvents.class, this::onOffer);
    IntStream.rangeClosed(1, 12).mapToObj(Ballots::voter).forEach(this::learnKey);
  }

  @Override
  public void close() {
    bus.close();
  }

  void learnKey(Citizen citizen) {
    keys.learn(citizen.name(), citizen.id(), citizen.key(), Origin.HEY_THERE);
  }

  ConsensusHarness deployed(boolean readOnly) {
    bus.deploy(
        new ConsensusVerticle(
            LISA.identity(),
            keys,
            ConsensusConfig.defaults(),
            readOnly,
            new BouncyCastleVerifier(),
            time,
            new SplittableRandom(1)));
    return this;
  }

  ConsensusHarness started() {
    deployed(false);
    bus.ask(ConsensusRequest.ADDRESS, new ConsensusRequest.StartConsensus());
    return this;
  }

  /** Delivers a message of the plaza, and returns the state after it is processed. */
  ConsensusState deliver(CheckpointMessage message) {
    bus.ask(CheckpointMessage.ADDRESS, message);
    return state();
  }

  ConsensusState deliver(Proposal proposal) {
    return deliver(new CheckpointMessage.Proposed(ConsensusJson.write(proposal)));
  }

  ConsensusState deliver(Vote vote) {
    return deliver(new CheckpointMessage.Voted(ConsensusJson.write(vote)));
  }

  ConsensusState state() {
    return bus.ask(ConsensusRequest.ADDRESS, new ConsensusRequest.GetConsensusState());
  }

  void awaitCount(String what, long times) {
    FakeBus.until(this::state, state -> state.counts().getOrDefault(what, 0L) == times);
  }

  Proposal nextProposal() {
    return ConsensusJson.readProposal(
        ((CheckpointMessage.Proposed) FakeBus.next(published)).json());
  }

  private PlazaRequest.PublishResult onPublish(PlazaRequest.PublishCheckpointMessage publish) {
    if (publishError.isEmpty()) {
      published.add(publish.message());
    }
    return new PlazaRequest.PublishResult(publishError);
  }

  private DiscoveryRequest.NeighbourList neighbours() {
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
    return new DiscoveryRequest.NeighbourList(all, List.of());
  }

  private TrustRequest.OfferResult onOffer(TrustRequest.OfferEvents offer) {
    offered.add(offer.events().json());
    return new TrustRequest.OfferResult(1, 1, 0, 0, 0, 0, Map.of(), Set.of());
  }
}
