package nara.checkpoint.consensus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bus.BusFailure;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.Attestation.SubjectAsOf;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.mqtt.wire.CheckpointMessage;
import nara.trust.OfferSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proposes this node's checkpoints, counts the votes, and forms the checkpoint or proposes once
 * more: the two rounds of the wire contract. Runs on the context of its verticle.
 */
final class CheckpointProposer {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointProposer.class);

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final ConsensusConfig config;
  private final Identity me;
  private final AttestationVerifier attestationVerifier;
  private final ConsensusPorts ports;
  private final Map<String, Long> counts;

  private Scheduler.TimerHandle nextCheck = () -> {};
  private Scheduler.TimerHandle voteTimeout = () -> {};
  private boolean stopped;

  /** From the decision to propose until a checkpoint is formed or given up. */
  private boolean proposing;

  /** The open round; null without one. */
  private Election election;

  private Instant nextProposalAt = Instant.MAX;
  private long lastAsOfTime;

  CheckpointProposer(
      Vertx vertx,
      Scheduler scheduler,
      ConsensusConfig config,
      Identity me,
      AttestationVerifier verifier,
      ConsensusPorts ports,
      Map<String, Long> counts) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.config = config;
    this.me = me;
    this.attestationVerifier = verifier;
    this.ports = ports;
    this.counts = counts;
  }

  /** Starts to check regularly whether a proposal is due. */
  Future<Done> start() {
    return ports
        .newestCheckpoint(me.name())
        .map(
            newest -> {
              scheduleProposalAfter(newest);
              scheduleCheck();
              return Done.DONE;
            });
  }

  void stop() {
    stopped = true;
    nextCheck.cancel();
    voteTimeout.cancel();
  }

  /** The open round, or 0. */
  int round() {
    return election == null ? 0 : election.proposal().round();
  }

  /** Votes counted in the open round. */
  int votes() {
    return election == null ? 0 : election.votes().size();
  }

  /** Without a checkpoint the interval starts now: a new node knows little of itself. */
  private void scheduleProposalAfter(List<Event> newest) {
    long now = scheduler.instant().getEpochSecond();
    long last =
        newest.stream()
            .map(event -> (Checkpoint) event.payload())
            .mapToLong(checkpoint -> Math.min(checkpoint.asOfTime(), now))
            .findFirst()
            .orElse(now);
    nextProposalAt = steady.instant().minusSeconds(now - last).plus(config.every());
  }

  private void scheduleCheck() {
    if (!stopped) {
      nextCheck = scheduler.schedule(vertx, config.checkEvery(), this::proposeIfDue);
    }
  }

  private void proposeIfDue() {
    scheduleCheck();
    if (proposing || steady.instant().isBefore(nextProposalAt)) {
      return;
    }
    proposing = true;
    ports
        .countOnlineNeighbours()
        .compose(
            onlineCount ->
                onlineCount < config.neighbours()
                    ? Future.failedFuture(
                        "%d neighbours are online, %d are needed"
                            .formatted(onlineCount, config.neighbours()))
                    : propose(1, Optional.empty()))
        .onFailure(failure -> onPostponed(failure.getMessage()));
  }

  /** Proposes this node, with the mean values of the first round instead of its own if given. */
  private Future<?> propose(int round, Optional<AgreedValues> meanValues) {
    // No two proposals have the same time, so a vote on one is never a vote on the other.
    lastAsOfTime = Math.max(scheduler.instant().getEpochSecond(), lastAsOfTime + 1);
    SubjectAsOf subjectAsOf = new SubjectAsOf(me.name(), me.id(), lastAsOfTime);
    return ports
        .claimAbout(me.name(), subjectAsOf.asOfTime())
        .map(own -> new Claim(meanValues.orElse(own.agreedValues()), own.previousCheckpointId()))
        .map(claim -> new Proposal(Attestation.sign(me, subjectAsOf, claim), round))
        .compose(this::openElection);
  }

  private Future<?> openElection(Proposal proposal) {
    Election opened = new Election(proposal, me.keys().publicKey());
    // Opened before it is published: votes may come before the broker acknowledges.
    election = opened;
    voteTimeout = scheduler.schedule(vertx, config.voteWindow(), () -> closeElection(opened));
    return ports
        .publish(new CheckpointMessage.Proposed(ConsensusJson.write(proposal)))
        .onSuccess(published -> counts.merge("proposed", 1L, Long::sum))
        .onFailure(failure -> clearElection(opened));
  }

  /** Counts a vote on the open proposal; fails with a {@link RejectedException}. */
  Future<?> onVote(Vote vote) {
    Election open = election;
    return open == null
        ? Future.failedFuture(new RejectedException(RejectReason.NOT_ASKED))
        : attestationVerifier
            .verify(vertx, vote.attestation(), voter -> open.rejectReason(vote, voter))
            .compose(voter -> count(open, vote, voter));
  }

  private Future<?> count(Election open, Vote vote, PublicKey voter) {
    // The election may have ended, or counted others, while the signature was verified.
    return RejectedException.check(
            open == election ? open.count(vote, voter) : Optional.of(RejectReason.NOT_ASKED))
        .onSuccess(
            counted -> {
              if (open.agreedClaim().isPresent()) {
                closeElection(open);
              }
            });
  }

  /** Ends a round: enough votes agree, or the vote window is over. */
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
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "An agreed checkpoint was not published; trying again with the next"
                            + " proposal; reason={}",
                        failure.getMessage());
                onRoundFinished("failed");
              });
    } else if (votes.isEmpty()) {
      // Without votes there are no means; the next check proposes again.
      onPostponed("nobody voted");
    } else if (closed.proposal().round() == 1) {
      propose(2, Optional.of(VoteCounting.trimmedMeans(votes)))
          .onFailure(failure -> onPostponed(failure.getMessage()));
    } else {
      LOG.info("No checkpoint: the second round did not agree; votes={}", votes.size());
      onRoundFinished("failed");
    }
  }

  private void clearElection(Election ended) {
    if (ended == election) {
      election = null;
      voteTimeout.cancel();
    }
  }

  private void onRoundFinished(String outcome) {
    counts.merge(outcome, 1L, Long::sum);
    proposing = false;
    nextProposalAt = steady.instant().plus(config.every());
  }

  private void onPostponed(String reason) {
    LOG.debug("A proposal is postponed to the next check. reason={}", reason);
    counts.merge("put_off", 1L, Long::sum);
    proposing = false;
  }

  /** Forms the checkpoint, offers it to this node's own ledger, and publishes it if it is new. */
  private Future<?> formCheckpoint(Claim agreed, Proposal proposal, List<Vote> votes) {
    return uptimes(agreed, votes)
        .map(uptimes -> VoteCounting.checkpoint(agreed, proposal, votes, uptimes::get))
        // It has no emitter: the signatures of the voters prove it.
        .map(c -> EventWriter.writeUnsigned(Event.unixNanos(scheduler.instant()), c))
        .compose(
            event ->
                ports
                    .offer(OfferSource.SELF, event)
                    .compose(
                        result ->
                            result.added() == 1
                                ? ports.publish(new CheckpointMessage.Agreed(event))
                                : Future.failedFuture(
                                    "this node rejected it: " + result.verdicts())));
  }

  /** The total uptime of each voter for a claim, by id. */
  private Future<Map<String, Long>> uptimes(Claim agreed, List<Vote> votes) {
    Map<String, Long> uptimes = new HashMap<>();
    return Future.all(
            votes.stream()
                .map(Vote::attestation)
                .filter(attestation -> attestation.claim().equals(agreed))
                .map(
                    voter ->
                        ports
                            .claimAbout(
                                attestationVerifier.nameOf(voter.attesterId()).orElse(""),
                                voter.asOfTime())
                            .map(claim -> claim.agreedValues().totalUptime())
                            .onSuccess(uptime -> uptimes.put(voter.attesterId(), uptime)))
                .toList())
        .map(uptimes);
  }
}
