package nara.checkpoint.consensus;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mqtt.wire.CheckpointMessage;
import nara.mqtt.wire.PlazaJson;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees on checkpoints with others over the plaza: votes on their proposals, proposes this node
 * once a day, and takes what others agreed on.
 *
 * <p>What to decide stands in {@link OpenProposals}, {@link VotePolicy}, {@link Election} and
 * {@link VoteCounting}; here and in {@link CheckpointProposer} it is carried out. Before {@link
 * ConsensusRequest.StartConsensus}, and in a node that only reads, final checkpoints are taken and
 * nothing is said.
 */
public final class ConsensusVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConsensusVerticle.class);

  private final Identity me;
  private final Keyring keys;
  private final ConsensusConfig config;
  private final boolean readOnly;
  private final AttestationVerifier attestationVerifier;
  private final Scheduler scheduler;
  private final RandomGenerator random;

  private final FinalCheckpointFilter finalCheckpointFilter = new FinalCheckpointFilter();
  private final OpenProposals openProposals = new OpenProposals();
  private final Set<Scheduler.TimerHandle> scheduledVotes = new HashSet<>();
  private final ConsensusCounters consensusCounters = new ConsensusCounters();
  private ConsensusPorts consensusPorts;
  private CheckpointProposer checkpointProposer;
  private boolean voting;

  /**
   * A node's part in the consensus.
   *
   * @param readOnly whether to say nothing at all
   * @param signatureVerifier of single signatures; called on worker threads
   * @param random draws how long to wait before a vote
   */
  public ConsensusVerticle(
      Identity me,
      Keyring keys,
      ConsensusConfig config,
      boolean readOnly,
      SignatureVerifier signatureVerifier,
      Scheduler scheduler,
      RandomGenerator random) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.readOnly = readOnly;
    this.attestationVerifier = new AttestationVerifier(keys, signatureVerifier);
    this.scheduler = scheduler;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    Bus bus = Bus.of(vertx);
    consensusPorts = new ConsensusPorts(bus);
    checkpointProposer =
        new CheckpointProposer(
            vertx,
            scheduler,
            config,
            me,
            keys,
            attestationVerifier,
            consensusPorts,
            consensusCounters);
    bus.serve(ConsensusRequest.ADDRESS, ConsensusRequest.class, this::onRequest);
    bus.serve(CheckpointMessage.ADDRESS, CheckpointMessage.class, this::onCheckpointMessage);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    checkpointProposer.stop();
    scheduledVotes.forEach(Scheduler.TimerHandle::cancel);
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(ConsensusRequest<?> request) {
    return switch (request) {
      case ConsensusRequest.StartConsensus startConsensus -> onBegin();
      case ConsensusRequest.GetConsensusState getConsensusState ->
          Future.succeededFuture(
              new ConsensusState(
                  voting,
                  checkpointProposer.round(),
                  checkpointProposer.votes(),
                  consensusCounters.counts(),
                  consensusCounters.rejected()));
    };
  }

  private Future<Done> onBegin() {
    if (voting || readOnly) {
      return Future.succeededFuture(Done.DONE);
    }
    voting = true;
    return checkpointProposer.start();
  }

  private Future<Done> onCheckpointMessage(CheckpointMessage word) {
    try {
      return switch (word) {
        case CheckpointMessage.Proposed proposed ->
            onProposal(ConsensusJson.readProposal(proposed.json()));
        case CheckpointMessage.Voted voted -> onVote(ConsensusJson.readVote(voted.json()));
        case CheckpointMessage.Agreed agreed -> onFinal(agreed.json());
      };
    } catch (PlazaJson.PlazaJsonException unreadable) {
      return consensusCounters.countRejected(RejectReason.UNREADABLE);
    }
  }

  private Future<Done> onProposal(Proposal proposal) {
    Attestation attestation = proposal.attestation();
    if (attestation.subject().equals(me.name())) {
      return Future.succeededFuture(Done.DONE);
    }
    if (!voting) {
      return consensusCounters.countRejected(RejectReason.NOT_VOTING);
    }
    Optional<PublicKey> key = attestationVerifier.keyOf(attestation);
    Optional<RejectReason> rejectReason =
        openProposals
            .rejectReason(proposal, scheduler.instant())
            .or(() -> attestationVerifier.rejectReason(attestation, key));
    if (rejectReason.isPresent()) {
      return consensusCounters.countRejected(rejectReason.get());
    }
    return vertx
        .executeBlocking(
            () -> attestationVerifier.hasValidSignature(attestation, key.orElseThrow()))
        .compose(
            valid ->
                valid
                    ? scheduleVote(proposal)
                    : consensusCounters.countRejected(RejectReason.BAD_SIGNATURE));
  }

  private Future<Done> scheduleVote(Proposal proposal) {
    // Others may have been entered while the signature was verified.
    Optional<RejectReason> rejectReason = openProposals.add(proposal, scheduler.instant());
    if (rejectReason.isPresent()) {
      return consensusCounters.countRejected(rejectReason.get());
    }
    consensusCounters.increment("asked");
    Duration delay = Duration.ofMillis(random.nextLong(config.voteWait().toMillis() + 1));
    Scheduler.TimerHandle[] timer = new Scheduler.TimerHandle[1];
    timer[0] =
        scheduler.schedule(
            vertx,
            delay,
            () -> {
              scheduledVotes.remove(timer[0]);
              castVote(proposal);
            });
    scheduledVotes.add(timer[0]);
    return Future.succeededFuture(Done.DONE);
  }

  private void castVote(Proposal proposal) {
    Attestation proposed = proposal.attestation();
    consensusPorts
        .claimAbout(proposed.subject(), proposed.asOfTime())
        .map(ownClaim -> VotePolicy.vote(proposal, ownClaim, me))
        .compose(
            vote -> consensusPorts.publish(new CheckpointMessage.Voted(ConsensusJson.write(vote))))
        .onSuccess(published -> consensusCounters.increment("voted"))
        .onFailure(
            failure -> {
              consensusCounters.increment("unsaid");
              LOG.debug("A vote was not said: {}", failure.getMessage());
            });
  }

  private Future<Done> onVote(Vote vote) {
    return vote.attestation().subject().equals(me.name())
        ? checkpointProposer.onVote(vote)
        : Future.succeededFuture(Done.DONE);
  }

  private Future<Done> onFinal(byte[] json) {
    return vertx
        .executeBlocking(() -> finalCheckpointFilter.rejectReason(json))
        .compose(
            rejectReason ->
                rejectReason.isPresent()
                    ? consensusCounters.countRejected(rejectReason.get())
                    : consensusPorts
                        .offer("plaza", json)
                        .onSuccess(offerResult -> consensusCounters.increment("finals"))
                        .map(Done.DONE));
  }
}
