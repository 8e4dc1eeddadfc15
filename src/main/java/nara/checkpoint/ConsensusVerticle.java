package nara.checkpoint;

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
import nara.bus.Time;
import nara.checkpoint.ConsensusRequest.ConsensusState;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.plaza.CheckpointWord;
import nara.plaza.PlazaJson;
import nara.trust.Verifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees on checkpoints with others over the plaza: votes on their proposals, proposes this node
 * once a day, and takes what others agreed on.
 *
 * <p>What to decide stands in {@link Polls}, {@link Voting}, {@link Election} and {@link Counting};
 * here and in {@link Candidacy} it is carried out. Before {@link ConsensusRequest.Begin}, and in a
 * node that only reads, final checkpoints are taken and nothing is said.
 */
public final class ConsensusVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConsensusVerticle.class);

  private final Identity me;
  private final Keyring keys;
  private final ConsensusConfig config;
  private final boolean readOnly;
  private final Signers signers;
  private final Time time;
  private final RandomGenerator random;

  private final FinalReader finals = new FinalReader();
  private final Polls polls = new Polls();
  private final Set<Time.Appointment> votesDue = new HashSet<>();
  private final Tallies tallies = new Tallies();
  private Surroundings surroundings;
  private Candidacy candidacy;
  private boolean voting;

  /**
   * A node's part in the consensus.
   *
   * @param readOnly whether to say nothing at all
   * @param verifier of single signatures; called on worker threads
   * @param random draws how long to wait before a vote
   */
  public ConsensusVerticle(
      Identity me,
      Keyring keys,
      ConsensusConfig config,
      boolean readOnly,
      Verifier verifier,
      Time time,
      RandomGenerator random) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.readOnly = readOnly;
    this.signers = new Signers(keys, verifier);
    this.time = time;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    Bus bus = Bus.of(vertx);
    surroundings = new Surroundings(bus);
    candidacy = new Candidacy(vertx, time, config, me, keys, signers, surroundings, tallies);
    bus.serve(ConsensusRequest.ADDRESS, ConsensusRequest.class, this::onRequest);
    bus.serve(CheckpointWord.ADDRESS, CheckpointWord.class, this::onWord);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    candidacy.stop();
    votesDue.forEach(Time.Appointment::cancel);
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(ConsensusRequest<?> request) {
    return switch (request) {
      case ConsensusRequest.Begin begin -> onBegin();
      case ConsensusRequest.State state ->
          Future.succeededFuture(
              new ConsensusState(
                  voting,
                  candidacy.round(),
                  candidacy.votes(),
                  tallies.counts(),
                  tallies.refused()));
    };
  }

  private Future<Done> onBegin() {
    if (voting || readOnly) {
      return Future.succeededFuture(Done.DONE);
    }
    voting = true;
    return candidacy.begin();
  }

  private Future<Done> onWord(CheckpointWord word) {
    try {
      return switch (word) {
        case CheckpointWord.Proposed proposed -> onProposal(BallotJson.proposal(proposed.json()));
        case CheckpointWord.Voted voted -> onVote(BallotJson.vote(voted.json()));
        case CheckpointWord.Agreed agreed -> onFinal(agreed.json());
      };
    } catch (PlazaJson.Refused unreadable) {
      return tallies.refuse(Refusal.UNREADABLE);
    }
  }

  private Future<Done> onProposal(Proposal proposal) {
    Attestation attestation = proposal.attestation();
    if (attestation.subject().equals(me.name())) {
      return Future.succeededFuture(Done.DONE);
    }
    if (!voting) {
      return tallies.refuse(Refusal.NOT_VOTING);
    }
    Optional<PublicKey> key = signers.key(attestation);
    Optional<Refusal> refusal =
        polls.refusal(proposal, time.instant()).or(() -> signers.refusal(attestation, key));
    if (refusal.isPresent()) {
      return tallies.refuse(refusal.get());
    }
    return vertx
        .executeBlocking(() -> signers.signed(attestation, key.orElseThrow()))
        .compose(good -> good ? enter(proposal) : tallies.refuse(Refusal.BAD_SIGNATURE));
  }

  private Future<Done> enter(Proposal proposal) {
    // Others may have been entered while the signature was verified.
    Optional<Refusal> refusal = polls.enter(proposal, time.instant());
    if (refusal.isPresent()) {
      return tallies.refuse(refusal.get());
    }
    tallies.count("asked");
    Duration wait = Duration.ofMillis(random.nextLong(config.voteWait().toMillis() + 1));
    Time.Appointment[] mine = new Time.Appointment[1];
    mine[0] =
        time.after(
            vertx,
            wait,
            () -> {
              votesDue.remove(mine[0]);
              voteOn(proposal);
            });
    votesDue.add(mine[0]);
    return Future.succeededFuture(Done.DONE);
  }

  private void voteOn(Proposal proposal) {
    Attestation asked = proposal.attestation();
    surroundings
        .about(asked.subject(), asked.asOfTime())
        .map(ours -> Voting.on(proposal, ours, me))
        .compose(vote -> surroundings.say(new CheckpointWord.Voted(BallotJson.write(vote))))
        .onSuccess(said -> tallies.count("voted"))
        .onFailure(
            failure -> {
              tallies.count("unsaid");
              LOG.debug("A vote was not said: {}", failure.getMessage());
            });
  }

  private Future<Done> onVote(Vote vote) {
    return vote.attestation().subject().equals(me.name())
        ? candidacy.onVote(vote)
        : Future.succeededFuture(Done.DONE);
  }

  private Future<Done> onFinal(byte[] json) {
    return vertx
        .executeBlocking(() -> finals.refusal(json))
        .compose(
            refusal ->
                refusal.isPresent()
                    ? tallies.refuse(refusal.get())
                    : surroundings
                        .offer("plaza", json)
                        .onSuccess(offered -> tallies.count("finals"))
                        .map(Done.DONE));
  }
}
