package nara.checkpoint.consensus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.Attestation.SubjectAsOf;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.Service;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mqtt.wire.CheckpointMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own checkpoints: when the time has come it proposes one, counts the votes, and forms
 * the checkpoint or proposes once more, by the wire contract's two rounds.
 *
 * <p>Works on the context of the verticle that it belongs to.
 */
final class CheckpointProposer {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointProposer.class);

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final ConsensusConfig config;
  private final Identity me;
  private final Keyring keys;
  private final AttestationVerifier attestationVerifier;
  private final ConsensusPorts consensusPorts;
  private final ConsensusCounters consensusCounters;

  private Scheduler.TimerHandle nextCheck = () -> {};
  private Scheduler.TimerHandle voteTimeout = () -> {};
  private boolean stopped;

  /** From the wish to propose until it has led to something or to nothing. */
  private boolean proposing;

  private Election election;
  private Instant nextProposalAt = Instant.MAX;
  private long lastAsOfTime;

  CheckpointProposer(
      Vertx vertx,
      Scheduler scheduler,
      ConsensusConfig config,
      Identity me,
      Keyring keys,
      AttestationVerifier attestationVerifier,
      ConsensusPorts consensusPorts,
      ConsensusCounters consensusCounters) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.config = config;
    this.me = me;
    this.keys = keys;
    this.attestationVerifier = attestationVerifier;
    this.consensusPorts = consensusPorts;
    this.consensusCounters = consensusCounters;
  }

  /** Begins to look, now and then, whether the time has come. */
  Future<Done> start() {
    return consensusPorts
        .newestCheckpoint(me.name())
        .map(
            newest -> {
              scheduleProposalAfter(newest);
              scheduleCheck();
              return Done.DONE;
            });
  }

  /** Ends it; nothing is proposed or formed any more. */
  void stop() {
    stopped = true;
    nextCheck.cancel();
    voteTimeout.cancel();
  }

  /** The round that is open, or 0. */
  int round() {
    return election == null ? 0 : election.proposal().round();
  }

  /** How many votes are counted in the round that is open. */
  int votes() {
    return election == null ? 0 : election.votes().size();
  }

  /** Without a checkpoint the interval begins now: who has just come knows little of itself. */
  private void scheduleProposalAfter(List<Event> newest) {
    long now = scheduler.instant().getEpochSecond();
    long last =
        newest.stream()
            .map(event -> (Checkpoint) event.payload())
            .mapToLong(checkpoint -> Math.min(checkpoint.asOfTime(), now))
            .findFirst()
            .orElse(now);
    nextProposalAt = Instant.ofEpochSecond(last).plus(config.every());
  }

  private void scheduleCheck() {
    if (!stopped) {
      nextCheck = scheduler.schedule(vertx, config.checkEvery(), this::proposeIfDue);
    }
  }

  private void proposeIfDue() {
    scheduleCheck();
    if (proposing || scheduler.instant().isBefore(nextProposalAt)) {
      return;
    }
    proposing = true;
    consensusPorts
        .onlineNeighbours()
        .compose(
            onlineCount ->
                onlineCount < config.neighbours()
                    ? Future.failedFuture(
                        "%d neighbours are online, %d are needed"
                            .formatted(onlineCount, config.neighbours()))
                    : propose(1, Optional.empty()))
        .onFailure(failure -> onPostponed(failure.getMessage()));
  }

  /**
   * Proposes this node.
   *
   * @param meanValues what to propose instead of what this node's ledger says
   */
  private Future<?> propose(int round, Optional<AgreedValues> meanValues) {
    // No two proposals of this node have one moment, so no vote fits both.
    lastAsOfTime = Math.max(scheduler.instant().getEpochSecond(), lastAsOfTime + 1);
    SubjectAsOf subjectAsOf = new SubjectAsOf(me.name(), me.id(), lastAsOfTime);
    return consensusPorts
        .claimAbout(me.name(), subjectAsOf.asOfTime())
        .map(
            claim ->
                new Claim(meanValues.orElse(claim.agreedValues()), claim.previousCheckpointId()))
        .map(claim -> new Proposal(Attestation.sign(me, subjectAsOf, claim), round))
        .compose(this::openElection);
  }

  private Future<?> openElection(Proposal proposal) {
    Election opened = new Election(proposal, me.keys().publicKey());
    // Open before it is said: the first votes may come before the broker acknowledges.
    election = opened;
    voteTimeout = scheduler.schedule(vertx, config.voteWindow(), () -> closeElection(opened));
    return consensusPorts
        .publish(new CheckpointMessage.Proposed(ConsensusJson.write(proposal)))
        .onSuccess(published -> consensusCounters.increment("proposed"))
        .onFailure(failure -> clearElection(opened));
  }

  /** Counts a vote on the open proposal, if it is one and in order. */
  Future<Done> onVote(Vote vote) {
    Attestation attestation = vote.attestation();
    Election open = election;
    if (open == null) {
      return consensusCounters.countRejected(RejectReason.NOT_ASKED);
    }
    Optional<PublicKey> key = attestationVerifier.keyOf(attestation);
    Optional<RejectReason> rejectReason =
        attestationVerifier
            .rejectReason(attestation, key)
            .or(() -> open.rejectReason(vote, key.orElseThrow()));
    if (rejectReason.isPresent()) {
      return consensusCounters.countRejected(rejectReason.get());
    }
    return vertx
        .executeBlocking(
            () -> attestationVerifier.hasValidSignature(attestation, key.orElseThrow()))
        .compose(
            valid ->
                valid
                    ? count(open, vote, key.orElseThrow())
                    : consensusCounters.countRejected(RejectReason.BAD_SIGNATURE));
  }

  private Future<Done> count(Election open, Vote vote, PublicKey voter) {
    // Others may have been counted while the signature was verified.
    Optional<RejectReason> rejectReason =
        open == election ? open.count(vote, voter) : Optional.of(RejectReason.NOT_ASKED);
    if (rejectReason.isPresent()) {
      return consensusCounters.countRejected(rejectReason.get());
    }
    if (open.agreedClaim().isPresent()) {
      closeElection(open);
    }
    return Future.succeededFuture(Done.DONE);
  }

  /** The votes of a round are in: enough that agree, or its time is over. */
  private void closeElection(Election closed) {
    if (closed != election || stopped) {
      return;
    }
    clearElection(closed);
    Optional<Claim> agreed = closed.agreedClaim();
    List<Vote> votes = closed.votes();
    if (agreed.isPresent()) {
      formCheckpoint(agreed.get(), closed.proposal(), votes)
          .onSuccess(published -> onRoundFinished("agreed"))
          .onFailure(
              failure -> {
                LOG.warn("A checkpoint was agreed on, but: {}", failure.getMessage());
                onRoundFinished("failed");
              });
    } else if (votes.isEmpty()) {
      // No votes have no means, and say nothing: the next look tries again.
      onPostponed("nobody voted");
    } else if (closed.proposal().round() == 1) {
      propose(2, Optional.of(VoteCounting.trimmedMeans(votes)))
          .onFailure(failure -> onPostponed(failure.getMessage()));
    } else {
      LOG.info("No checkpoint: {} votes of the second round do not agree", votes.size());
      onRoundFinished("failed");
    }
  }

  private void clearElection(Election ended) {
    if (ended == election) {
      election = null;
      voteTimeout.cancel();
    }
  }

  /** The next proposal is made after the whole interval. */
  private void onRoundFinished(String outcome) {
    consensusCounters.increment(outcome);
    proposing = false;
    nextProposalAt = scheduler.instant().plus(config.every());
  }

  private void onPostponed(String reason) {
    LOG.debug("No checkpoint: {}", reason);
    consensusCounters.increment("put_off");
    proposing = false;
  }

  /** Forms the checkpoint, has it judged and merged like any other, and only then spreads it. */
  private Future<?> formCheckpoint(Claim agreed, Proposal proposal, List<Vote> votes) {
    return uptimes(agreed, votes)
        .map(uptimes -> VoteCounting.checkpoint(agreed, proposal, votes, uptimes::get))
        .map(this::checkpointEvent)
        .compose(
            event ->
                consensusPorts
                    .offer(me.name(), event)
                    .compose(
                        offerResult ->
                            offerResult.added() == 1
                                ? consensusPorts.publish(new CheckpointMessage.Agreed(event))
                                : Future.failedFuture("the judge says " + offerResult.verdicts())));
  }

  /** How long each voter of a claim was online, by its id; looked up by the name of that id. */
  private Future<Map<String, Long>> uptimes(Claim agreed, List<Vote> votes) {
    Map<String, Long> uptimes = new HashMap<>();
    return Future.all(
            votes.stream()
                .map(Vote::attestation)
                .filter(attestation -> attestation.claim().equals(agreed))
                .map(
                    voter ->
                        consensusPorts
                            .claimAbout(
                                keys.nameOf(voter.attesterId()).orElse(""), voter.asOfTime())
                            .map(claim -> claim.agreedValues().totalUptime())
                            .onSuccess(uptime -> uptimes.put(voter.attesterId(), uptime)))
                .toList())
        .map(uptimes);
  }

  /** An event that nobody emits: the voters' signatures are what backs it. */
  private byte[] checkpointEvent(Checkpoint checkpoint) {
    Instant now = scheduler.instant();
    long ts =
        Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    String id = Event.idOf(ts, Service.CHECKPOINT, checkpoint.content()).toString();
    return EventWriter.write(id, ts, "", "", "", checkpoint);
  }
}
