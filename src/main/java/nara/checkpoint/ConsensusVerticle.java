package nara.checkpoint;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Time;
import nara.checkpoint.Attestation.Claim;
import nara.checkpoint.Attestation.Moment;
import nara.checkpoint.ConsensusRequest.ConsensusState;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint;
import nara.event.Checkpoint.Standing;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.JsonSpans.Span;
import nara.event.Service;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.Query;
import nara.plaza.CheckpointWord;
import nara.plaza.PlazaJson;
import nara.plaza.PlazaRequest;
import nara.trust.TrustRequest;
import nara.trust.Verifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees on checkpoints with others over the plaza: votes on their proposals, proposes this node
 * once a day, and takes what others agreed on.
 *
 * <p>What to decide stands in {@link Polls}, {@link Voting}, {@link Election} and {@link Counting};
 * here it is carried out. Before {@link ConsensusRequest.Begin} and in a node that only reads,
 * final checkpoints are taken and nothing is said.
 */
public final class ConsensusVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConsensusVerticle.class);

  /** For the ledger, the judge and discovery to answer. */
  private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(30);

  /** For the broker to acknowledge: it is given up there after half a minute already. */
  private static final Duration SAY_TIMEOUT = Duration.ofMinutes(1);

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
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
  private Bus bus;
  private Time.Appointment check = () -> {};
  private Time.Appointment windowEnd = () -> {};
  private boolean begun;
  private boolean stopped;

  /** From the wish to propose until the proposal has led to something or to nothing. */
  private boolean proposing;

  private Election election;
  private Instant due = Instant.MAX;
  private long lastMoment;

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
    bus = Bus.of(vertx);
    bus.serve(ConsensusRequest.ADDRESS, ConsensusRequest.class, this::onRequest);
    bus.serve(CheckpointWord.ADDRESS, CheckpointWord.class, this::onWord);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    check.cancel();
    windowEnd.cancel();
    votesDue.forEach(Time.Appointment::cancel);
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(ConsensusRequest<?> request) {
    return switch (request) {
      case ConsensusRequest.Begin begin -> onBegin();
      case ConsensusRequest.State state -> Future.succeededFuture(state());
    };
  }

  private Future<Done> onWord(CheckpointWord word) {
    try {
      return switch (word) {
        case CheckpointWord.Proposed proposed -> onProposal(BallotJson.proposal(proposed.json()));
        case CheckpointWord.Voted voted -> onVote(BallotJson.vote(voted.json()));
        case CheckpointWord.Agreed agreed -> onFinal(agreed.json());
      };
    } catch (PlazaJson.Refused unreadable) {
      return refused(Refusal.UNREADABLE);
    }
  }

  // Voting on the proposals of others.

  private Future<Done> onProposal(Proposal proposal) {
    Attestation attestation = proposal.attestation();
    if (attestation.subject().equals(me.name())) {
      return Future.succeededFuture(Done.DONE);
    }
    if (!begun || readOnly) {
      return refused(Refusal.NOT_VOTING);
    }
    Optional<Refusal> refusal =
        polls.refusal(proposal, time.instant()).or(() -> signers.refusal(attestation));
    return refusal.isPresent()
        ? refused(refusal.get())
        : signed(attestation).compose(good -> onVerified(proposal, good));
  }

  private Future<Done> onVerified(Proposal proposal, boolean good) {
    // Others may have been entered while the signature was verified.
    Optional<Refusal> refusal =
        good ? polls.enter(proposal, time.instant()) : Optional.of(Refusal.BAD_SIGNATURE);
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
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
    about(asked.subject(), asked.asOfTime())
        .map(ours -> Voting.on(proposal, ours, me))
        .compose(vote -> say(new CheckpointWord.Voted(BallotJson.write(vote))))
        .onSuccess(said -> count("voted"))
        .onFailure(failure -> onUnsaid("A vote", failure));
  }

  // Proposing this node.

  private Future<Done> onBegin() {
    if (begun) {
      return Future.succeededFuture(Done.DONE);
    }
    begun = true;
    if (readOnly) {
      return Future.succeededFuture(Done.DONE);
    }
    Query mine =
        new Query.Recent(
            1, new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of(me.name())));
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Ask(mine), LOCAL_TIMEOUT)
        .map(
            answer -> {
              dueAfter(answer.events());
              check = time.after(vertx, config.checkEvery(), this::onCheck);
              return Done.DONE;
            });
  }

  /** Without a checkpoint the count begins now: who has just come knows little of itself. */
  private void dueAfter(List<Event> latest) {
    Instant now = time.instant();
    long last =
        latest.stream()
            .map(event -> (Checkpoint) event.payload())
            .mapToLong(checkpoint -> Math.min(checkpoint.asOfTime(), now.getEpochSecond()))
            .max()
            .orElse(now.getEpochSecond());
    due = Instant.ofEpochSecond(last).plus(config.every());
  }

  private void onCheck() {
    if (stopped) {
      return;
    }
    check = time.after(vertx, config.checkEvery(), this::onCheck);
    if (proposing || time.instant().isBefore(due)) {
      return;
    }
    proposing = true;
    bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere(), LOCAL_TIMEOUT)
        .map(there -> there.neighbours().stream().filter(Neighbour::online).count())
        .compose(
            online ->
                online >= config.neighbours()
                    ? proposeFirst()
                    : Future.failedFuture(
                        "%d neighbours are online, %d are needed"
                            .formatted(online, config.neighbours())))
        .onFailure(this::onNotProposed);
  }

  private Future<?> proposeFirst() {
    long moment = nextMoment();
    return about(me.name(), moment).compose(claim -> propose(1, moment, claim));
  }

  private Future<?> proposeSecond(Standing means) {
    long moment = nextMoment();
    return about(me.name(), moment)
        .compose(claim -> propose(2, moment, new Claim(means, claim.reference())));
  }

  private Future<?> propose(int round, long moment, Claim claim) {
    Moment about = new Moment(me.name(), me.id(), moment);
    Proposal proposal = new Proposal(Attestation.by(me, about, claim), round);
    Election mine = new Election(proposal, me.keys().publicKey());
    // Open before it is said: the first votes may come before the broker acknowledges.
    election = mine;
    windowEnd = time.after(vertx, config.voteWindow(), () -> close(mine));
    return say(new CheckpointWord.Proposed(BallotJson.write(proposal)))
        .onSuccess(said -> count("proposed"))
        .onFailure(unsaid -> abandon(mine));
  }

  /** No two proposals of this node have one moment, so no vote fits both. */
  private long nextMoment() {
    lastMoment = Math.max(time.instant().getEpochSecond(), lastMoment + 1);
    return lastMoment;
  }

  private Future<Done> onVote(Vote vote) {
    Attestation attestation = vote.attestation();
    if (!attestation.subject().equals(me.name())) {
      return Future.succeededFuture(Done.DONE);
    }
    Election open = election;
    if (open == null) {
      return refused(Refusal.NOT_ASKED);
    }
    Optional<PublicKey> key = signers.key(attestation);
    Optional<Refusal> refusal =
        signers.refusal(attestation).or(() -> open.refusal(vote, key.orElseThrow()));
    return refusal.isPresent()
        ? refused(refusal.get())
        : signed(attestation).compose(good -> onVerified(open, vote, key.orElseThrow(), good));
  }

  private Future<Done> onVerified(Election open, Vote vote, PublicKey voter, boolean good) {
    if (!good) {
      return refused(Refusal.BAD_SIGNATURE);
    }
    // Others may have been counted while the signature was verified.
    Optional<Refusal> refusal =
        open == election ? open.count(vote, voter) : Optional.of(Refusal.NOT_ASKED);
    if (refusal.isPresent()) {
      return refused(refusal.get());
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
    abandon(closed);
    Optional<Claim> agreed = closed.agreed();
    List<Vote> votes = closed.votes();
    if (agreed.isPresent()) {
      form(agreed.get(), closed.proposal(), votes)
          .onSuccess(formed -> ended("agreed"))
          .onFailure(
              failure -> {
                LOG.warn("The checkpoint that was agreed on is lost: {}", failure.getMessage());
                ended("failed");
              });
    } else if (votes.isEmpty()) {
      // Not counted as an answer: the next check asks again.
      onNotProposed(new IllegalStateException("nobody voted"));
    } else if (closed.proposal().round() == 1) {
      proposeSecond(Counting.means(votes)).onFailure(this::onNotProposed);
    } else {
      LOG.info("No checkpoint: {} votes of the second round do not agree", votes.size());
      ended("failed");
    }
  }

  private void abandon(Election closed) {
    if (closed == election) {
      election = null;
      windowEnd.cancel();
    }
  }

  /** The next proposal is made after the whole interval. */
  private void ended(String how) {
    count(how);
    proposing = false;
    due = time.instant().plus(config.every());
  }

  private void onNotProposed(Throwable failure) {
    LOG.debug("No checkpoint is proposed: {}", failure.getMessage());
    proposing = false;
  }

  /** Forms the checkpoint, has it judged and merged like any other, and only then spreads it. */
  private Future<?> form(Claim agreed, Proposal proposal, List<Vote> votes) {
    return uptimes(agreed, proposal, votes)
        .compose(
            uptimes -> {
              byte[] event =
                  event(
                      Counting.formed(
                          agreed, proposal, votes, voter -> uptimes.getOrDefault(voter, 0L)));
              return offer(me.name(), event)
                  .compose(
                      offered ->
                          offered.added() == 1
                              ? say(new CheckpointWord.Agreed(event))
                              : Future.failedFuture("this node's judge found " + offered));
            });
  }

  /** How long each voter of a claim was online, by its id; by the name that the id is known for. */
  private Future<Map<String, Long>> uptimes(Claim agreed, Proposal proposal, List<Vote> votes) {
    Map<String, Long> uptimes = new HashMap<>();
    return Future.all(
            votes.stream()
                .map(Vote::attestation)
                .filter(attestation -> attestation.claim().equals(agreed))
                .map(Attestation::attesterId)
                .map(
                    voter ->
                        about(keys.nameOf(voter).orElse(""), proposal.attestation().asOfTime())
                            .onSuccess(claim -> uptimes.put(voter, claim.standing().totalUptime())))
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

  // Taking what others agreed on.

  private Future<Done> onFinal(byte[] json) {
    return vertx
        .executeBlocking(() -> finals.refusal(json))
        .compose(
            refusal ->
                refusal.isPresent()
                    ? refused(refusal.get())
                    : offer("plaza", json)
                        .map(
                            offered -> {
                              count("finals");
                              return Done.DONE;
                            }));
  }

  // What both need.

  /** What this node's ledger says of somebody as of a moment. */
  private Future<Claim> about(String name, long atSeconds) {
    return bus.ask(
            LedgerRequest.ADDRESS, new LedgerRequest.AboutSubject(name, atSeconds), LOCAL_TIMEOUT)
        .map(ConsensusVerticle::claim);
  }

  private static Claim claim(Derived derived) {
    return new Claim(
        new Standing(
            // A ledger with events of the far future says less than nothing; a claim does not.
            Math.max(0, derived.restarts()),
            Math.max(0, derived.totalUptimeSeconds()),
            Math.max(0, derived.firstSeenSeconds())),
        derived.latestCheckpointId());
  }

  private Future<Boolean> signed(Attestation attestation) {
    PublicKey key = signers.key(attestation).orElseThrow();
    return vertx.executeBlocking(() -> signers.signed(attestation, key));
  }

  private Future<TrustRequest.Offered> offer(String source, byte[] event) {
    return bus.ask(
        TrustRequest.ADDRESS,
        new TrustRequest.Offer(source, event, List.of(new Span(0, event.length))),
        LOCAL_TIMEOUT);
  }

  private Future<?> say(CheckpointWord word) {
    return bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.Say(word), SAY_TIMEOUT)
        .compose(
            said ->
                said.trouble().isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(said.trouble()));
  }

  private void onUnsaid(String what, Throwable failure) {
    count("unsaid");
    LOG.debug("{} was not said: {}", what, failure.getMessage());
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  private Future<Done> refused(Refusal refusal) {
    refused.merge(refusal, 1L, Long::sum);
    return Future.succeededFuture(Done.DONE);
  }

  private ConsensusState state() {
    Map<String, Long> reasons = new TreeMap<>();
    refused.forEach((reason, count) -> reasons.put(reason.label(), count));
    return new ConsensusState(
        begun && !readOnly,
        election == null ? 0 : election.proposal().round(),
        election == null ? 0 : election.votes().size(),
        Map.copyOf(counts),
        Map.copyOf(reasons));
  }
}
