package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.restarts;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static nara.checkpoint.consensus.ConsensusHarness.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.Verdict;
import nara.mqtt.wire.CheckpointMessage;
import nara.testing.Citizen;
import nara.trust.EventVerifier;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ConsensusVerticleTest {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration CHECK = Duration.ofMinutes(15);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static byte[] checkpoint(Collection<Citizen> voters, long asOfTime) {
    Checkpoint bare =
        new Checkpoint(
            2, "lisa", LISA.id(), "", CLAIM.agreedValues(), asOfTime, 1, List.of(), List.of());
    return Citizen.unsigned(
        asOfTime * 1_000_000_000L,
        new Checkpoint(
            2,
            "lisa",
            LISA.id(),
            "",
            CLAIM.agreedValues(),
            asOfTime,
            1,
            voters.stream().map(Citizen::id).toList(),
            voters.stream()
                .map(
                    each ->
                        each.identity().keys().signBase64(bare.attestation(each.id()).getBytes()))
                .toList()));
  }

  private static List<Citizen> voters(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Ballots::voter).toList();
  }

  @Test
  void it_proposes_itself_a_day_after_it_began_with_six_neighbours_and_not_with_five(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.online = 5;
    stage.time.advance(DAY.minusSeconds(1));
    assertThat(stage.state().counts()).isEmpty();
    stage.time.advance(Duration.ofSeconds(1));
    stage.awaitRefusals("put_off", 1);
    assertThat(stage.published).isEmpty();

    stage.online = 6;
    stage.time.advance(CHECK);
    Proposal proposal = stage.nextProposal();

    assertThat(proposal.round()).isEqualTo(1);
    assertThat(proposal.attestation().claim()).isEqualTo(CLAIM);
    assertThat(proposal.attestation().asOfTime())
        .isEqualTo(NOW.plus(DAY).plus(CHECK).getEpochSecond());
    assertThat(stage.state().round()).isEqualTo(1);
  }

  @Test
  void the_day_counts_from_the_last_checkpoint_that_the_ledger_knows(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx);
    long last = NOW.minus(DAY).plusSeconds(600).getEpochSecond();
    stage.checkpoints = List.of(Citizen.read(checkpoint(voters(5), last)).event());
    stage.started();
    stage.time.advance(CHECK);

    assertThat(stage.nextProposal().attestation().subject()).isEqualTo("lisa");
  }

  @Test
  void five_votes_that_agree_make_the_checkpoint_at_once(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.time.advance(DAY);
    Proposal proposal = stage.nextProposal();
    voters(4).forEach(each -> stage.deliver(vote(each, proposal, CLAIM)));
    stage.deliver(vote(voter(7), proposal, restarts(99)));
    assertThat(stage.state().votes()).isEqualTo(5);

    stage.deliver(vote(voter(5), proposal, CLAIM));
    byte[] event = next(stage.offered);
    assertThat(((CheckpointMessage.Agreed) next(stage.published)).json()).isEqualTo(event);
    stage.awaitRefusals("agreed", 1);

    Event read = Citizen.read(event).event();
    Checkpoint checkpoint = (Checkpoint) read.payload();
    assertThat(read.emitter()).isEmpty();
    assertThat(checkpoint.voterIds())
        .hasSize(6)
        .startsWith(LISA.id())
        .doesNotContain(voter(7).id());
    stage.learnKey(LISA);
    assertThat(
            new EventVerifier(new BouncyCastleVerifier(), stage.keys, stage.time)
                .verify(List.of(Citizen.read(event)))
                .getFirst()
                .verdict())
        .isEqualTo(Verdict.VALID);
    assertThat(stage.deliver(vote(voter(6), proposal, CLAIM)).rejected())
        .containsEntry("not_asked", 1L);
    stage.time.advance(DAY.minus(CHECK));
    assertThat(stage.published).isEmpty();
    stage.time.advance(CHECK);
    assertThat(stage.nextProposal().round()).isEqualTo(1);
  }

  @Test
  void votes_that_do_not_agree_within_a_minute_lead_to_a_second_round_with_their_means(
      Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.time.advance(DAY);
    Proposal first = stage.nextProposal();
    IntStream.rangeClosed(1, 6)
        .forEach(i -> stage.deliver(vote(voter(i), first, restarts(10L * i))));
    stage.time.advance(MINUTE.minusSeconds(1));
    assertThat(stage.published).isEmpty();
    stage.time.advance(Duration.ofSeconds(1));
    Proposal second = stage.nextProposal();

    assertThat(second.round()).isEqualTo(2);
    assertThat(second.attestation().claim()).isEqualTo(restarts(35));
    assertThat(second.attestation().asOfTime()).isGreaterThan(first.attestation().asOfTime());
    assertThat(stage.deliver(vote(voter(1), first, restarts(35))).rejected())
        .containsEntry("not_asked", 1L);

    voters(5).forEach(each -> stage.deliver(vote(each, second, restarts(35))));
    Checkpoint checkpoint = (Checkpoint) Citizen.read(next(stage.offered)).event().payload();
    assertThat(checkpoint.round()).isEqualTo(2);
    assertThat(checkpoint.agreedValues()).isEqualTo(restarts(35).agreedValues());
  }

  @Test
  void after_a_second_round_without_agreement_it_waits_a_day(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.time.advance(DAY);
    for (int round = 1; round <= 2; round++) {
      Proposal proposal = stage.nextProposal();
      assertThat(proposal.round()).isEqualTo(round);
      IntStream.rangeClosed(1, 6)
          .forEach(i -> stage.deliver(vote(voter(i), proposal, restarts(20L * i))));
      stage.time.advance(MINUTE);
    }
    stage.awaitRefusals("failed", 1);
    stage.time.advance(DAY.minus(CHECK));
    assertThat(stage.state().round()).isZero();
    assertThat(stage.published).isEmpty();

    stage.time.advance(CHECK.multipliedBy(2));
    assertThat(stage.nextProposal().round()).isEqualTo(1);
    assertThat(stage.offered).isEmpty();
  }

  @Test
  void proposal_is_retried_when_no_votes_arrive(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.time.advance(DAY);
    stage.nextProposal();
    stage.time.advance(MINUTE);
    stage.awaitRefusals("put_off", 1);

    stage.trouble = "no connection to the broker";
    stage.time.advance(CHECK);
    stage.awaitRefusals("put_off", 2);
    assertThat(stage.state().round()).isZero();

    stage.trouble = "";
    stage.time.advance(CHECK);
    assertThat(stage.nextProposal().round()).isEqualTo(1);
  }

  @Test
  void bad_votes_change_nothing_and_are_counted_by_reason(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.time.advance(DAY);
    Proposal proposal = stage.nextProposal();
    Vote good = vote(voter(1), proposal, CLAIM);
    Attestation a = good.attestation();
    stage.deliver(good);
    stage.deliver(good);
    stage.deliver(vote(voter(1), proposal, restarts(4)));
    stage.deliver(vote(Citizen.named("stranger"), proposal, CLAIM));
    Attestation forged =
        new Attestation(
            a.subject(),
            a.subjectId(),
            CLAIM,
            voter(2).name(),
            voter(2).id(),
            a.asOfTime(),
            a.signature());
    stage.deliver(new Vote(forged, a.asOfTime(), 1, true));
    stage.deliver(vote(voter(3), proposal(LISA, NOW, 1, CLAIM), CLAIM));
    stage.deliver(vote(voter(3), proposal(voter(4), stage.time.instant(), 1, CLAIM), CLAIM));
    ConsensusState state = stage.deliver(new CheckpointMessage.Voted("[]".getBytes()));

    assertThat(state.votes()).isEqualTo(1);
    assertThat(state.rejected())
        .containsOnly(
            java.util.Map.entry("voted_already", 2L),
            java.util.Map.entry("unknown_key", 1L),
            java.util.Map.entry("bad_signature", 1L),
            java.util.Map.entry("not_asked", 1L),
            java.util.Map.entry("unreadable", 1L));
  }

  @Test
  void it_votes_on_a_proposal_once_within_three_seconds(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.agreedValues = new AgreedValues(99, 1, 2);
    Proposal proposal = proposal(voter(1), NOW, 1, CLAIM);
    stage.deliver(proposal);
    assertThat(stage.published).isEmpty();
    stage.time.advance(Duration.ofSeconds(3));
    Vote vote = ConsensusJson.readVote(((CheckpointMessage.Voted) next(stage.published)).json());

    assertThat(vote.approved()).isFalse();
    assertThat(vote.attestation().claim()).isEqualTo(new Claim(stage.agreedValues, ""));
    assertThat(vote.attestation().attester()).isEqualTo("lisa");
    assertThat(vote.attestation().subjectAsOf()).isEqualTo(proposal.attestation().subjectAsOf());
    assertThat(new AttestationVerifier(stage.keys, new BouncyCastleVerifier()))
        .matches(
            attestationVerifier ->
                attestationVerifier.hasValidSignature(vote.attestation(), LISA.key()));
    assertThat(stage.deliver(proposal).rejected()).containsEntry("replayed", 1L);
    stage.time.advance(MINUTE);
    assertThat(stage.published).isEmpty();
  }

  @Test
  void bad_proposals_are_not_voted_on(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    stage.deliver(proposal(Citizen.named("stranger"), NOW, 1, CLAIM));
    stage.deliver(
        proposal(voter(1), NOW.minus(OpenProposals.CLOCK_TOLERANCE).minusSeconds(1), 1, CLAIM));
    Proposal good = proposal(voter(1), NOW, 1, CLAIM);
    Attestation a = good.attestation();
    stage.deliver(
        new Proposal(
            new Attestation(
                a.subject(),
                a.subjectId(),
                restarts(1_000),
                a.attester(),
                a.attesterId(),
                a.asOfTime(),
                a.signature()),
            1));
    stage.deliver(
        new Proposal(
            Attestation.sign(voter(2).identity(), Ballots.momentOf(voter(1), NOW), CLAIM), 1));
    ConsensusState state = stage.deliver(new CheckpointMessage.Proposed(new byte[] {1, 2}));
    stage.time.advance(MINUTE);

    assertThat(stage.state().counts()).isEmpty();
    assertThat(state.rejected())
        .containsOnlyKeys(
            "unknown_key", "stale", "bad_signature", "not_about_itself", "unreadable");
    // None of it stands in the way of the good one.
    stage.deliver(good);
    stage.time.advance(MINUTE);
    stage.awaitRefusals("voted", 1);
  }

  @Test
  void before_the_recovery_is_over_and_when_it_only_reads_it_says_nothing(Vertx vertx) {
    ConsensusHarness early = new ConsensusHarness(vertx).deployed(false);
    assertThat(early.state().voting()).isFalse();
    assertThat(early.deliver(proposal(voter(1), NOW, 1, CLAIM)).rejected())
        .containsEntry("not_voting", 1L);
  }

  @Test
  void a_node_that_only_reads_takes_what_others_agreed_on_and_says_nothing(Vertx vertx) {
    ConsensusHarness reader = new ConsensusHarness(vertx).deployed(true);
    reader.deliver(proposal(voter(1), NOW, 1, CLAIM));
    reader.time.advance(DAY.multipliedBy(3));
    byte[] agreed = checkpoint(voters(5), NOW.getEpochSecond());
    reader.deliver(new CheckpointMessage.Agreed(agreed));

    assertThat(next(reader.offered)).isEqualTo(agreed);
    assertThat(reader.state().voting()).isFalse();
    assertThat(reader.published).isEmpty();
  }

  @Test
  void a_final_checkpoint_of_fewer_than_five_voters_is_not_even_judged(Vertx vertx) {
    ConsensusHarness stage = new ConsensusHarness(vertx).started();
    long now = NOW.getEpochSecond();
    stage.deliver(new CheckpointMessage.Agreed(checkpoint(voters(4), now)));
    List<Citizen> twice = List.of(voter(1), voter(2), voter(3), voter(4), voter(4), voter(4));
    stage.deliver(new CheckpointMessage.Agreed(checkpoint(twice, now)));
    stage.deliver(new CheckpointMessage.Agreed(LISA.tease(now, "bart")));
    String altered =
        new String(checkpoint(voters(5), now)).replace("\"restarts\":3", "\"restarts\":4");
    ConsensusState state = stage.deliver(new CheckpointMessage.Agreed(altered.getBytes()));

    assertThat(state.rejected())
        .containsOnly(
            java.util.Map.entry("too_few_voters", 2L), java.util.Map.entry("unreadable", 2L));
    assertThat(stage.offered).isEmpty();
  }
}
