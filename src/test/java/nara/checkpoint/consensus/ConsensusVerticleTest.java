package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.restarts;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.Verdict;
import nara.mqtt.wire.CheckpointMessage;
import nara.mqtt.wire.CheckpointMessage.Agreed;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.trust.EventVerifier;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsensusVerticleTest {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration CHECK = Duration.ofMinutes(15);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ConsensusHarness harness = new ConsensusHarness();

  @AfterEach
  void close() {
    harness.close();
  }

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
  void node_proposes_itself_after_a_day_when_six_neighbours_are_online() {
    harness.started();
    harness.online = 5;
    harness.time.advance(DAY.minusSeconds(1));
    assertThat(harness.state().counts()).isEmpty();
    harness.time.advance(Duration.ofSeconds(1));
    harness.awaitCount("put_off", 1);
    assertThat(harness.published).isEmpty();

    harness.online = 6;
    harness.time.advance(CHECK);
    Proposal proposal = harness.nextProposal();

    assertThat(proposal.round()).isEqualTo(1);
    assertThat(proposal.attestation().claim()).isEqualTo(CLAIM);
    assertThat(proposal.attestation().asOfTime())
        .isEqualTo(NOW.plus(DAY).plus(CHECK).getEpochSecond());
    assertThat(harness.state().round()).isEqualTo(1);
  }

  @Test
  void node_proposes_itself_a_day_after_its_last_checkpoint() {
    long last = NOW.minus(DAY).plusSeconds(600).getEpochSecond();
    harness.checkpoints = List.of(Citizen.read(checkpoint(voters(5), last)).event());
    harness.started();
    harness.time.advance(CHECK);

    assertThat(harness.nextProposal().attestation().subject()).isEqualTo("lisa");
  }

  @Test
  void checkpoint_forms_at_once_when_five_votes_agree() {
    harness.started();
    harness.time.advance(DAY);
    Proposal proposal = harness.nextProposal();
    voters(4).forEach(each -> harness.deliver(vote(each, proposal, CLAIM)));
    harness.deliver(vote(voter(7), proposal, restarts(99)));
    assertThat(harness.state().votes()).isEqualTo(5);

    harness.deliver(vote(voter(5), proposal, CLAIM));
    byte[] event = FakeBus.next(harness.offered);
    assertThat(((Agreed) FakeBus.next(harness.published)).json()).isEqualTo(event);
    harness.awaitCount("agreed", 1);

    Event read = Citizen.read(event).event();
    Checkpoint checkpoint = (Checkpoint) read.payload();
    assertThat(read.emitter()).isEmpty();
    assertThat(checkpoint.voterIds())
        .hasSize(6)
        .startsWith(LISA.id())
        .doesNotContain(voter(7).id());
    harness.learnKey(LISA);
    assertThat(
            new EventVerifier(new BouncyCastleVerifier(), harness.keys, harness.time)
                .verify(List.of(Citizen.read(event)))
                .getFirst()
                .verdict())
        .isEqualTo(Verdict.VALID);
    assertThat(harness.deliver(vote(voter(6), proposal, CLAIM)).rejected())
        .containsEntry("not_asked", 1L);
    harness.time.advance(DAY.minus(CHECK));
    assertThat(harness.published).isEmpty();
    harness.time.advance(CHECK);
    assertThat(harness.nextProposal().round()).isEqualTo(1);
  }

  @Test
  void second_round_has_the_mean_values_when_votes_disagree_for_a_minute() {
    harness.started();
    harness.time.advance(DAY);
    Proposal first = harness.nextProposal();
    IntStream.rangeClosed(1, 6)
        .forEach(i -> harness.deliver(vote(voter(i), first, restarts(10L * i))));
    harness.time.advance(MINUTE.minusSeconds(1));
    assertThat(harness.published).isEmpty();
    harness.time.advance(Duration.ofSeconds(1));
    Proposal second = harness.nextProposal();

    assertThat(second.round()).isEqualTo(2);
    assertThat(second.attestation().claim()).isEqualTo(restarts(35));
    assertThat(second.attestation().asOfTime()).isGreaterThan(first.attestation().asOfTime());
    assertThat(harness.deliver(vote(voter(1), first, restarts(35))).rejected())
        .containsEntry("not_asked", 1L);

    voters(5).forEach(each -> harness.deliver(vote(each, second, restarts(35))));
    Checkpoint checkpoint =
        (Checkpoint) Citizen.read(FakeBus.next(harness.offered)).event().payload();
    assertThat(checkpoint.round()).isEqualTo(2);
    assertThat(checkpoint.agreedValues()).isEqualTo(restarts(35).agreedValues());
  }

  @Test
  void next_proposal_waits_a_day_when_the_second_round_disagrees() {
    harness.started();
    harness.time.advance(DAY);
    for (int round = 1; round <= 2; round++) {
      Proposal proposal = harness.nextProposal();
      assertThat(proposal.round()).isEqualTo(round);
      IntStream.rangeClosed(1, 6)
          .forEach(i -> harness.deliver(vote(voter(i), proposal, restarts(20L * i))));
      harness.time.advance(MINUTE);
    }
    harness.awaitCount("failed", 1);
    harness.time.advance(DAY.minus(CHECK));
    assertThat(harness.state().round()).isZero();
    assertThat(harness.published).isEmpty();

    harness.time.advance(CHECK.multipliedBy(2));
    assertThat(harness.nextProposal().round()).isEqualTo(1);
    assertThat(harness.offered).isEmpty();
  }

  @Test
  void proposal_is_retried_when_no_votes_arrive() {
    harness.started();
    harness.time.advance(DAY);
    harness.nextProposal();
    harness.time.advance(MINUTE);
    harness.awaitCount("put_off", 1);

    harness.publishError = "no connection to the broker";
    harness.time.advance(CHECK);
    harness.awaitCount("put_off", 2);
    assertThat(harness.state().round()).isZero();

    harness.publishError = "";
    harness.time.advance(CHECK);
    assertThat(harness.nextProposal().round()).isEqualTo(1);
  }

  @Test
  void bad_votes_are_rejected_and_counted_by_reason() {
    harness.started();
    harness.time.advance(DAY);
    Proposal proposal = harness.nextProposal();
    Vote good = vote(voter(1), proposal, CLAIM);
    Attestation a = good.attestation();
    harness.deliver(good);
    harness.deliver(good);
    harness.deliver(vote(voter(1), proposal, restarts(4)));
    harness.deliver(vote(Citizen.named("stranger"), proposal, CLAIM));
    Attestation forged =
        new Attestation(
            a.subject(),
            a.subjectId(),
            CLAIM,
            voter(2).name(),
            voter(2).id(),
            a.asOfTime(),
            a.signature());
    harness.deliver(new Vote(forged, a.asOfTime(), 1, true));
    harness.deliver(vote(voter(3), proposal(LISA, NOW, 1, CLAIM), CLAIM));
    harness.deliver(vote(voter(3), proposal(voter(4), harness.time.instant(), 1, CLAIM), CLAIM));
    ConsensusState state = harness.deliver(new CheckpointMessage.Voted("[]".getBytes()));

    assertThat(state.votes()).isEqualTo(1);
    assertThat(state.rejected())
        .containsOnly(
            Map.entry("voted_already", 2L),
            Map.entry("unknown_key", 1L),
            Map.entry("bad_signature", 1L),
            Map.entry("not_asked", 1L),
            Map.entry("unreadable", 1L));
  }

  @Test
  void node_votes_once_within_three_seconds_on_a_proposal() {
    harness.started();
    harness.agreedValues = new AgreedValues(99, 1, 2);
    Proposal proposal = proposal(voter(1), NOW, 1, CLAIM);
    harness.deliver(proposal);
    assertThat(harness.published).isEmpty();
    harness.time.advance(Duration.ofSeconds(3));
    Vote vote =
        ConsensusJson.readVote(((CheckpointMessage.Voted) FakeBus.next(harness.published)).json());

    assertThat(vote.approved()).isFalse();
    assertThat(vote.attestation().claim()).isEqualTo(new Claim(harness.agreedValues, ""));
    assertThat(vote.attestation().attester()).isEqualTo("lisa");
    assertThat(vote.attestation().subjectAsOf()).isEqualTo(proposal.attestation().subjectAsOf());
    assertThat(new AttestationVerifier(harness.keys, new BouncyCastleVerifier()))
        .matches(verifier -> verifier.hasValidSignature(vote.attestation(), LISA.key()));
    assertThat(harness.deliver(proposal).rejected()).containsEntry("replayed", 1L);
    harness.time.advance(MINUTE);
    assertThat(harness.published).isEmpty();
  }

  @Test
  void bad_proposals_are_not_voted_on() {
    harness.started();
    harness.deliver(proposal(Citizen.named("stranger"), NOW, 1, CLAIM));
    harness.deliver(
        proposal(voter(1), NOW.minus(OpenProposals.CLOCK_TOLERANCE).minusSeconds(1), 1, CLAIM));
    Proposal good = proposal(voter(1), NOW, 1, CLAIM);
    Attestation a = good.attestation();
    harness.deliver(
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
    harness.deliver(
        new Proposal(
            Attestation.sign(voter(2).identity(), Ballots.subjectAsOf(voter(1), NOW), CLAIM), 1));
    ConsensusState state = harness.deliver(new CheckpointMessage.Proposed(new byte[] {1, 2}));
    harness.time.advance(MINUTE);

    assertThat(harness.state().counts()).isEmpty();
    assertThat(state.rejected())
        .containsOnlyKeys(
            "unknown_key", "stale", "bad_signature", "not_about_itself", "unreadable");
    // They do not block a good proposal.
    harness.deliver(good);
    harness.time.advance(MINUTE);
    harness.awaitCount("voted", 1);
  }

  @Test
  void node_does_not_vote_before_its_recovery_has_finished() {
    harness.deployed(false);
    assertThat(harness.state().voting()).isFalse();
    assertThat(harness.deliver(proposal(voter(1), NOW, 1, CLAIM)).rejected())
        .containsEntry("not_voting", 1L);
  }

  @Test
  void read_only_node_takes_final_checkpoints_and_publishes_nothing() {
    harness.deployed(true);
    harness.deliver(proposal(voter(1), NOW, 1, CLAIM));
    harness.time.advance(DAY.multipliedBy(3));
    byte[] agreed = checkpoint(voters(5), NOW.getEpochSecond());
    harness.deliver(new Agreed(agreed));

    assertThat(FakeBus.next(harness.offered)).isEqualTo(agreed);
    assertThat(harness.state().voting()).isFalse();
    assertThat(harness.published).isEmpty();
  }

  @Test
  void final_checkpoint_with_fewer_than_five_voters_is_not_verified() {
    harness.started();
    long now = NOW.getEpochSecond();
    harness.deliver(new Agreed(checkpoint(voters(4), now)));
    List<Citizen> twice = List.of(voter(1), voter(2), voter(3), voter(4), voter(4), voter(4));
    harness.deliver(new Agreed(checkpoint(twice, now)));
    harness.deliver(new Agreed(LISA.tease(now, "bart")));
    String altered =
        Altered.replace(new String(checkpoint(voters(5), now)), "\"restarts\":3", "\"restarts\":4");
    ConsensusState state = harness.deliver(new Agreed(altered.getBytes()));

    assertThat(state.rejected())
        .containsOnly(Map.entry("too_few_voters", 2L), Map.entry("unreadable", 2L));
    assertThat(harness.offered).isEmpty();
  }
}
