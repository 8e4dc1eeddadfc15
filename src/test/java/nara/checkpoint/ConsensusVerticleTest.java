package nara.checkpoint;

import static nara.checkpoint.Ballots.CLAIM;
import static nara.checkpoint.Ballots.LISA;
import static nara.checkpoint.Ballots.NOW;
import static nara.checkpoint.Ballots.proposal;
import static nara.checkpoint.Ballots.restarts;
import static nara.checkpoint.Ballots.vote;
import static nara.checkpoint.Ballots.voter;
import static nara.checkpoint.ConsensusStage.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import nara.checkpoint.Attestation.Claim;
import nara.checkpoint.ConsensusRequest.ConsensusState;
import nara.event.Checkpoint;
import nara.event.Checkpoint.Standing;
import nara.event.Event;
import nara.event.Verdict;
import nara.plaza.CheckpointWord;
import nara.testing.Citizen;
import nara.trust.BouncyCastleVerifier;
import nara.trust.Judge;
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
            2, "lisa", LISA.id(), "", CLAIM.standing(), asOfTime, 1, List.of(), List.of());
    return Citizen.unsigned(
        asOfTime * 1_000_000_000L,
        new Checkpoint(
            2,
            "lisa",
            LISA.id(),
            "",
            CLAIM.standing(),
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
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.online = 5;
    stage.time.advance(DAY.minusSeconds(1));
    assertThat(stage.state().counts()).isEmpty();
    stage.time.advance(Duration.ofSeconds(1));
    stage.untilCounted("put_off", 1);
    assertThat(stage.said).isEmpty();

    stage.online = 6;
    stage.time.advance(CHECK);
    Proposal proposal = stage.proposed();

    assertThat(proposal.round()).isEqualTo(1);
    assertThat(proposal.attestation().claim()).isEqualTo(CLAIM);
    assertThat(proposal.attestation().asOfTime())
        .isEqualTo(NOW.plus(DAY).plus(CHECK).getEpochSecond());
    assertThat(stage.state().round()).isEqualTo(1);
  }

  @Test
  void the_day_counts_from_the_last_checkpoint_that_the_ledger_knows(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx);
    long last = NOW.minus(DAY).plusSeconds(600).getEpochSecond();
    stage.checkpoints = List.of(Citizen.read(checkpoint(voters(5), last)).event());
    stage.begun();
    stage.time.advance(CHECK);

    assertThat(stage.proposed().attestation().subject()).isEqualTo("lisa");
  }

  @Test
  void five_votes_that_agree_make_the_checkpoint_at_once(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.time.advance(DAY);
    Proposal proposal = stage.proposed();
    voters(4).forEach(each -> stage.hear(vote(each, proposal, CLAIM)));
    stage.hear(vote(voter(7), proposal, restarts(99)));
    assertThat(stage.state().votes()).isEqualTo(5);

    stage.hear(vote(voter(5), proposal, CLAIM));
    byte[] event = next(stage.offered);
    assertThat(((CheckpointWord.Agreed) next(stage.said)).json()).isEqualTo(event);
    stage.untilCounted("agreed", 1);

    Event read = Citizen.read(event).event();
    Checkpoint checkpoint = (Checkpoint) read.payload();
    assertThat(read.emitter()).isEmpty();
    assertThat(checkpoint.voterIds())
        .hasSize(6)
        .startsWith(LISA.id())
        .doesNotContain(voter(7).id());
    stage.know(LISA);
    assertThat(
            new Judge(new BouncyCastleVerifier(), stage.keys, stage.time)
                .judge(List.of(Citizen.read(event)))
                .getFirst()
                .verdict())
        .isEqualTo(Verdict.VALID);
    assertThat(stage.hear(vote(voter(6), proposal, CLAIM)).refused())
        .containsEntry("not_asked", 1L);
    stage.time.advance(DAY.minus(CHECK));
    assertThat(stage.said).isEmpty();
    stage.time.advance(CHECK);
    assertThat(stage.proposed().round()).isEqualTo(1);
  }

  @Test
  void votes_that_do_not_agree_within_a_minute_lead_to_a_second_round_with_their_means(
      Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.time.advance(DAY);
    Proposal first = stage.proposed();
    IntStream.rangeClosed(1, 6).forEach(i -> stage.hear(vote(voter(i), first, restarts(10L * i))));
    stage.time.advance(MINUTE.minusSeconds(1));
    assertThat(stage.said).isEmpty();
    stage.time.advance(Duration.ofSeconds(1));
    Proposal second = stage.proposed();

    assertThat(second.round()).isEqualTo(2);
    assertThat(second.attestation().claim()).isEqualTo(restarts(35));
    assertThat(second.attestation().asOfTime()).isGreaterThan(first.attestation().asOfTime());
    assertThat(stage.hear(vote(voter(1), first, restarts(35))).refused())
        .containsEntry("not_asked", 1L);

    voters(5).forEach(each -> stage.hear(vote(each, second, restarts(35))));
    Checkpoint checkpoint = (Checkpoint) Citizen.read(next(stage.offered)).event().payload();
    assertThat(checkpoint.round()).isEqualTo(2);
    assertThat(checkpoint.standing()).isEqualTo(restarts(35).standing());
  }

  @Test
  void after_a_second_round_without_agreement_it_waits_a_day(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.time.advance(DAY);
    for (int round = 1; round <= 2; round++) {
      Proposal proposal = stage.proposed();
      assertThat(proposal.round()).isEqualTo(round);
      IntStream.rangeClosed(1, 6)
          .forEach(i -> stage.hear(vote(voter(i), proposal, restarts(20L * i))));
      stage.time.advance(MINUTE);
    }
    stage.untilCounted("failed", 1);
    stage.time.advance(DAY.minus(CHECK));
    assertThat(stage.state().round()).isZero();
    assertThat(stage.said).isEmpty();

    stage.time.advance(CHECK.multipliedBy(2));
    assertThat(stage.proposed().round()).isEqualTo(1);
    assertThat(stage.offered).isEmpty();
  }

  @Test
  void when_nobody_votes_or_the_broker_is_gone_the_next_check_tries_again(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.time.advance(DAY);
    stage.proposed();
    stage.time.advance(MINUTE);
    stage.untilCounted("put_off", 1);

    stage.trouble = "no connection to the broker";
    stage.time.advance(CHECK);
    stage.untilCounted("put_off", 2);
    assertThat(stage.state().round()).isZero();

    stage.trouble = "";
    stage.time.advance(CHECK);
    assertThat(stage.proposed().round()).isEqualTo(1);
  }

  @Test
  void bad_votes_change_nothing_and_are_counted_by_reason(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.time.advance(DAY);
    Proposal proposal = stage.proposed();
    Vote good = vote(voter(1), proposal, CLAIM);
    Attestation a = good.attestation();
    stage.hear(good);
    stage.hear(good);
    stage.hear(vote(voter(1), proposal, restarts(4)));
    stage.hear(vote(Citizen.named("stranger"), proposal, CLAIM));
    Attestation forged =
        new Attestation(
            a.subject(),
            a.subjectId(),
            CLAIM,
            voter(2).name(),
            voter(2).id(),
            a.asOfTime(),
            a.signature());
    stage.hear(new Vote(forged, a.asOfTime(), 1, true));
    stage.hear(vote(voter(3), proposal(LISA, NOW, 1, CLAIM), CLAIM));
    stage.hear(vote(voter(3), proposal(voter(4), stage.time.instant(), 1, CLAIM), CLAIM));
    ConsensusState state = stage.hear(new CheckpointWord.Voted("[]".getBytes()));

    assertThat(state.votes()).isEqualTo(1);
    assertThat(state.refused())
        .containsOnly(
            java.util.Map.entry("voted_already", 2L),
            java.util.Map.entry("unknown_key", 1L),
            java.util.Map.entry("bad_signature", 1L),
            java.util.Map.entry("not_asked", 1L),
            java.util.Map.entry("unreadable", 1L));
  }

  @Test
  void it_votes_on_a_proposal_once_within_three_seconds(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.standing = new Standing(99, 1, 2);
    Proposal proposal = proposal(voter(1), NOW, 1, CLAIM);
    stage.hear(proposal);
    assertThat(stage.said).isEmpty();
    stage.time.advance(Duration.ofSeconds(3));
    Vote vote = BallotJson.vote(((CheckpointWord.Voted) next(stage.said)).json());

    assertThat(vote.approved()).isFalse();
    assertThat(vote.attestation().claim()).isEqualTo(new Claim(stage.standing, ""));
    assertThat(vote.attestation().attester()).isEqualTo("lisa");
    assertThat(vote.attestation().moment()).isEqualTo(proposal.attestation().moment());
    assertThat(new Signers(stage.keys, new BouncyCastleVerifier()))
        .matches(signers -> signers.signed(vote.attestation(), LISA.key()));
    assertThat(stage.hear(proposal).refused()).containsEntry("replayed", 1L);
    stage.time.advance(MINUTE);
    assertThat(stage.said).isEmpty();
  }

  @Test
  void bad_proposals_are_not_voted_on(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    stage.hear(proposal(Citizen.named("stranger"), NOW, 1, CLAIM));
    stage.hear(proposal(voter(1), NOW.minus(Polls.TOLERANCE).minusSeconds(1), 1, CLAIM));
    Proposal good = proposal(voter(1), NOW, 1, CLAIM);
    Attestation a = good.attestation();
    stage.hear(
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
    stage.hear(
        new Proposal(
            Attestation.by(voter(2).identity(), Ballots.momentOf(voter(1), NOW), CLAIM), 1));
    ConsensusState state = stage.hear(new CheckpointWord.Proposed(new byte[] {1, 2}));
    stage.time.advance(MINUTE);

    assertThat(stage.state().counts()).isEmpty();
    assertThat(state.refused())
        .containsOnlyKeys(
            "unknown_key", "stale", "bad_signature", "not_about_itself", "unreadable");
    // None of it stands in the way of the good one.
    stage.hear(good);
    stage.time.advance(MINUTE);
    stage.untilCounted("voted", 1);
  }

  @Test
  void before_the_recovery_is_over_and_when_it_only_reads_it_says_nothing(Vertx vertx) {
    ConsensusStage early = new ConsensusStage(vertx).deployed(false);
    assertThat(early.state().voting()).isFalse();
    assertThat(early.hear(proposal(voter(1), NOW, 1, CLAIM)).refused())
        .containsEntry("not_voting", 1L);
  }

  @Test
  void a_node_that_only_reads_takes_what_others_agreed_on_and_says_nothing(Vertx vertx) {
    ConsensusStage reader = new ConsensusStage(vertx).deployed(true);
    reader.hear(proposal(voter(1), NOW, 1, CLAIM));
    reader.time.advance(DAY.multipliedBy(3));
    byte[] agreed = checkpoint(voters(5), NOW.getEpochSecond());
    reader.hear(new CheckpointWord.Agreed(agreed));

    assertThat(next(reader.offered)).isEqualTo(agreed);
    assertThat(reader.state().voting()).isFalse();
    assertThat(reader.said).isEmpty();
  }

  @Test
  void a_final_checkpoint_of_fewer_than_five_voters_is_not_even_judged(Vertx vertx) {
    ConsensusStage stage = new ConsensusStage(vertx).begun();
    long now = NOW.getEpochSecond();
    stage.hear(new CheckpointWord.Agreed(checkpoint(voters(4), now)));
    List<Citizen> twice = List.of(voter(1), voter(2), voter(3), voter(4), voter(4), voter(4));
    stage.hear(new CheckpointWord.Agreed(checkpoint(twice, now)));
    stage.hear(new CheckpointWord.Agreed(LISA.tease(now, "bart")));
    String altered =
        new String(checkpoint(voters(5), now)).replace("\"restarts\":3", "\"restarts\":4");
    ConsensusState state = stage.hear(new CheckpointWord.Agreed(altered.getBytes()));

    assertThat(state.refused())
        .containsOnly(
            java.util.Map.entry("too_few_voters", 2L), java.util.Map.entry("unreadable", 2L));
    assertThat(stage.offered).isEmpty();
  }
}
