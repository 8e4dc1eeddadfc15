package nara.checkpoint.consensus;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.bus.Scheduler.TimerHandle;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.mqtt.wire.CheckpointMessage;
import nara.trust.OfferSource;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees on checkpoints with others over the plaza: votes on their proposals, proposes this node
 * once a day, and offers final checkpoints to its own ledger.
 *
 * <p>{@link OpenProposals}, {@link VotePolicy}, {@link Election} and {@link VoteCounting} decide;
 * this class and {@link CheckpointProposer} carry it out. A read-only node, and any node before
 * {@link ConsensusRequest.StartConsensus}, takes final checkpoints and publishes nothing.
 */
public final class ConsensusVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConsensusVerticle.class);

  private final Identity me;
  private final ConsensusConfig config;
  private final boolean readOnly;
  private final AttestationVerifier attestationVerifier;
  private final Scheduler scheduler;
  private final RandomGenerator random;

  private final FinalCheckpointFilter filter = new FinalCheckpointFilter();
  private final OpenProposals proposals = new OpenProposals();
  private final Set<TimerHandle> scheduledVotes = new HashSet<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();
  private ConsensusPorts ports;
  private CheckpointProposer proposer;
  private boolean voting;

  /**
   * The consensus of one node.
   *
   * @param verifier is called on worker threads
   * @param random for the delays of votes
   */
  public ConsensusVerticle(
      Identity me,
      Keyring keys,
      ConsensusConfig config,
      boolean readOnly,
      SignatureVerifier verifier,
      Scheduler scheduler,
      RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.readOnly = readOnly;
    this.attestationVerifier = new AttestationVerifier(keys, verifier);
    this.scheduler = scheduler;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    Bus bus = Bus.of(vertx);
    ports = new ConsensusPorts(bus);
    proposer =
        new CheckpointProposer(vertx, scheduler, config, me, attestationVerifier, ports, counts);
    bus.serve(ConsensusRequest.ADDRESS, ConsensusRequest.class, this::onRequest);
    bus.serve(CheckpointMessage.ADDRESS, CheckpointMessage.class, this::onCheckpointMessage);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    proposer.stop();
    scheduledVotes.forEach(TimerHandle::cancel);
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(ConsensusRequest<?> request) {
    return switch (request) {
      case ConsensusRequest.StartConsensus start -> onStart();
      case ConsensusRequest.GetConsensusState get -> Future.succeededFuture(state());
    };
  }

  private ConsensusState state() {
    return new ConsensusState(
        voting, proposer.round(), proposer.votes(), new TreeMap<>(counts), new TreeMap<>(rejected));
  }

  private Future<Done> onStart() {
    if (voting || readOnly) {
      return Future.succeededFuture(Done.DONE);
    }
    voting = true;
    return proposer.start();
  }

  private Future<Done> onCheckpointMessage(CheckpointMessage message) {
    return process(message)
        .<Done>mapEmpty()
        .recover(
            failure -> {
              if (failure instanceof RejectedException rejection) {
                rejected.merge(rejection.reason().label(), 1L, Long::sum);
                return Future.succeededFuture();
              }
              return Future.failedFuture(failure);
            })
        .map(Done.DONE);
  }

  private Future<?> process(CheckpointMessage message) {
    try {
      return switch (message) {
        case CheckpointMessage.Proposed proposed ->
            onProposal(ConsensusJson.readProposal(proposed.json()));
        case CheckpointMessage.Voted voted -> onVote(ConsensusJson.readVote(voted.json()));
        case CheckpointMessage.Agreed agreed -> onFinal(agreed.json());
      };
    } catch (MalformedJsonException malformed) {
      return Future.failedFuture(new RejectedException(RejectReason.UNREADABLE));
    }
  }

  private Future<?> onProposal(Proposal proposal) {
    if (proposal.attestation().subject().equals(me.name())) {
      return Future.succeededFuture();
    }
    if (!voting) {
      return Future.failedFuture(new RejectedException(RejectReason.NOT_VOTING));
    }
    return RejectedException.check(proposals.rejectReason(proposal, scheduler.instant()))
        .compose(
            open ->
                attestationVerifier.verify(vertx, proposal.attestation(), key -> Optional.empty()))
        // Others may have been added while the signature was verified.
        .compose(key -> RejectedException.check(proposals.add(proposal, scheduler.instant())))
        .onSuccess(added -> scheduleVote(proposal));
  }

  private void scheduleVote(Proposal proposal) {
    counts.merge("asked", 1L, Long::sum);
    Duration delay = Duration.ofMillis(random.nextLong(config.voteWait().toMillis() + 1));
    TimerHandle[] timer = new TimerHandle[1];
    timer[0] =
        scheduler.schedule(
            vertx,
            delay,
            () -> {
              scheduledVotes.remove(timer[0]);
              castVote(proposal);
            });
    scheduledVotes.add(timer[0]);
  }

  private void castVote(Proposal proposal) {
    Attestation proposed = proposal.attestation();
    ports
        .claimAbout(proposed.subject(), proposed.asOfTime())
        .map(ownClaim -> VotePolicy.vote(proposal, ownClaim, me))
        .compose(vote -> ports.publish(new CheckpointMessage.Voted(ConsensusJson.write(vote))))
        .onSuccess(published -> counts.merge("voted", 1L, Long::sum))
        .onFailure(
            failure -> {
              counts.merge("unsaid", 1L, Long::sum);
              LOG.debug(
                  "Failed to publish a vote; drop it; subject={} reason={}",
                  proposed.subject(),
                  failure.getMessage());
            });
  }

  private Future<?> onVote(Vote vote) {
    return vote.attestation().subject().equals(me.name())
        ? proposer.onVote(vote)
        : Future.succeededFuture();
  }

  private Future<?> onFinal(byte[] json) {
    return vertx
        .executeBlocking(() -> filter.rejectReason(json))
        .compose(RejectedException::check)
        .compose(passed -> ports.offer(OfferSource.BROKER, json))
        .onSuccess(offered -> counts.merge("finals", 1L, Long::sum));
  }
}
