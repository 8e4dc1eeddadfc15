package nara.checkpoint;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bus.Done;
import nara.bus.Time;
import nara.checkpoint.Attestation.Claim;
import nara.checkpoint.Attestation.Moment;
import nara.event.Checkpoint;
import nara.event.Checkpoint.Standing;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.Service;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.plaza.CheckpointWord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own checkpoints: when the time has come it proposes one, counts the votes, and forms
 * the checkpoint or proposes once more, by the wire contract's two rounds.
 *
 * <p>Works on the context of the verticle that it belongs to.
 */
final class Candidacy {
  private static final Logger LOG = LoggerFactory.getLogger(Candidacy.class);

  private final Vertx vertx;
  private final Time time;
  private final ConsensusConfig config;
  private final Identity me;
  private final Keyring keys;
  private final Signers signers;
  private final Surroundings surroundings;
  private final Tallies tallies;

  private Time.Appointment check = () -> {};
  private Time.Appointment windowEnd = () -> {};
  private boolean stopped;

  /** From the wish to propose until it has led to something or to nothing. */
  private boolean busy;

  private Election election;
  private Instant due = Instant.MAX;
  private long lastMoment;

  Candidacy(
      Vertx vertx,
      Time time,
      ConsensusConfig config,
      Identity me,
      Keyring keys,
      Signers signers,
      Surroundings surroundings,
      Tallies tallies) {
    this.vertx = vertx;
    this.time = time;
    this.config = config;
    this.me = me;
    this.keys = keys;
    this.signers = signers;
    this.surroundings = surroundings;
    this.tallies = tallies;
  }

  /** Begins to look, now and then, whether the time has come. */
  Future<Done> begin() {
    return surroundings
        .newestCheckpoint(me.name())
        .map(
            newest -> {
              dueAfter(newest);
              lookLater();
              return Done.DONE;
            });
  }

  /** Ends it; nothing is proposed or formed any more. */
  void stop() {
    stopped = true;
    check.cancel();
    windowEnd.cancel();
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
  private void dueAfter(List<Event> newest) {
    long now = time.instant().getEpochSecond();
    long last =
        newest.stream()
            .map(event -> (Checkpoint) event.payload())
            .mapToLong(checkpoint -> Math.min(checkpoint.asOfTime(), now))
            .findFirst()
            .orElse(now);
    due = Instant.ofEpochSecond(last).plus(config.every());
  }

  private void lookLater() {
    if (!stopped) {
      check = time.after(vertx, config.checkEvery(), this::look);
    }
  }

  private void look() {
    lookLater();
    if (busy || time.instant().isBefore(due)) {
      return;
    }
    busy = true;
    surroundings
        .online()
        .compose(
            online ->
                online < config.neighbours()
                    ? Future.failedFuture(
                        "%d neighbours are online, %d are needed"
                            .formatted(online, config.neighbours()))
                    : propose(1, Optional.empty()))
        .onFailure(failure -> onNotProposed(failure.getMessage()));
  }

  /**
   * Proposes this node.
   *
   * @param means what to propose instead of what this node's ledger says
   */
  private Future<?> propose(int round, Optional<Standing> means) {
    // No two proposals of this node have one moment, so no vote fits both.
    lastMoment = Math.max(time.instant().getEpochSecond(), lastMoment + 1);
    Moment moment = new Moment(me.name(), me.id(), lastMoment);
    return surroundings
        .about(me.name(), moment.asOfTime())
        .map(claim -> new Claim(means.orElse(claim.standing()), claim.reference()))
        .map(claim -> new Proposal(Attestation.by(me, moment, claim), round))
        .compose(this::open);
  }

  private Future<?> open(Proposal proposal) {
    Election opened = new Election(proposal, me.keys().publicKey());
    // Open before it is said: the first votes may come before the broker acknowledges.
    election = opened;
    windowEnd = time.after(vertx, config.voteWindow(), () -> close(opened));
    return surroundings
        .say(new CheckpointWord.Proposed(BallotJson.write(proposal)))
        .onSuccess(said -> tallies.count("proposed"))
        .onFailure(unsaid -> end(opened));
  }

  /** Counts a vote on the open proposal, if it is one and in order. */
  Future<Done> onVote(Vote vote) {
    Attestation attestation = vote.attestation();
    Election open = election;
    if (open == null) {
      return tallies.refuse(Refusal.NOT_ASKED);
    }
    Optional<PublicKey> key = signers.key(attestation);
    Optional<Refusal> refusal =
        signers.refusal(attestation, key).or(() -> open.refusal(vote, key.orElseThrow()));
    if (refusal.isPresent()) {
      return tallies.refuse(refusal.get());
    }
    return vertx
        .executeBlocking(() -> signers.signed(attestation, key.orElseThrow()))
        .compose(
            good ->
                good
                    ? count(open, vote, key.orElseThrow())
                    : tallies.refuse(Refusal.BAD_SIGNATURE));
  }

  private Future<Done> count(Election open, Vote vote, PublicKey voter) {
    // Others may have been counted while the signature was verified.
    Optional<Refusal> refusal =
        open == election ? open.count(vote, voter) : Optional.of(Refusal.NOT_ASKED);
    if (refusal.isPresent()) {
      return tallies.refuse(refusal.get());
    }
    if (open.agreed().isPresent()) {
      close(open);
    }
    return Future.succeededFuture(Done.DONE);
  }

  /** The votes of a round are in: enough that agree, or its time is over. */
  private void close(Election closed) {
    if (closed != election || stopped) {
      return;
    }
    end(closed);
    Optional<Claim> agreed = closed.agreed();
    List<Vote> votes = closed.votes();
    if (agreed.isPresent()) {
      form(agreed.get(), closed.proposal(), votes)
          .onSuccess(spread -> onEnded("agreed"))
          .onFailure(
              failure -> {
                LOG.warn("A checkpoint was agreed on, but: {}", failure.getMessage());
                onEnded("failed");
              });
    } else if (votes.isEmpty()) {
      // No votes have no means, and say nothing: the next look tries again.
      onNotProposed("nobody voted");
    } else if (closed.proposal().round() == 1) {
      propose(2, Optional.of(Counting.means(votes)))
          .onFailure(failure -> onNotProposed(failure.getMessage()));
    } else {
      LOG.info("No checkpoint: {} votes of the second round do not agree", votes.size());
      onEnded("failed");
    }
  }

  private void end(Election ended) {
    if (ended == election) {
      election = null;
      windowEnd.cancel();
    }
  }

  /** The next proposal is made after the whole interval. */
  private void onEnded(String how) {
    tallies.count(how);
    busy = false;
    due = time.instant().plus(config.every());
  }

  private void onNotProposed(String why) {
    LOG.debug("No checkpoint: {}", why);
    tallies.count("put_off");
    busy = false;
  }

  /** Forms the checkpoint, has it judged and merged like any other, and only then spreads it. */
  private Future<?> form(Claim agreed, Proposal proposal, List<Vote> votes) {
    return uptimes(agreed, votes)
        .map(uptimes -> Counting.formed(agreed, proposal, votes, uptimes::get))
        .map(this::event)
        .compose(
            event ->
                surroundings
                    .offer(me.name(), event)
                    .compose(
                        offered ->
                            offered.added() == 1
                                ? surroundings.say(new CheckpointWord.Agreed(event))
                                : Future.failedFuture("the judge says " + offered.verdicts())));
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
                        surroundings
                            .about(keys.nameOf(voter.attesterId()).orElse(""), voter.asOfTime())
                            .map(claim -> claim.standing().totalUptime())
                            .onSuccess(uptime -> uptimes.put(voter.attesterId(), uptime)))
                .toList())
        .map(uptimes);
  }

  /** An event that nobody emits: the voters' signatures are what backs it. */
  private byte[] event(Checkpoint checkpoint) {
    Instant now = time.instant();
    long ts =
        Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    String id = Event.idOf(ts, Service.CHECKPOINT, checkpoint.content()).toString();
    return EventWriter.write(id, ts, "", "", "", checkpoint);
  }
}
