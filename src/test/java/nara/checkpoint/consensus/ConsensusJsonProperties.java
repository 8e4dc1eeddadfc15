package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.testing.Altered;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ConsensusJsonProperties {
  private static final byte[] VOTE = ConsensusJson.write(vote(voter(1), proposal(), CLAIM));

  @Property(tries = 3_000)
  void altered_or_truncated_vote_is_read_or_refused(
      @ForAll @IntRange(max = 2_000) int place,
      @ForAll @IntRange(min = 1, max = 255) int flipped,
      @ForAll boolean cut) {
    int at = place % VOTE.length;
    byte[] json = cut ? Arrays.copyOf(VOTE, at) : Altered.byteAt(VOTE, at, flipped);
    try {
      Vote read = ConsensusJson.readVote(json);
      // A vote that was read is well formed, so it reads back unchanged.
      assertThat(ConsensusJson.readVote(ConsensusJson.write(read))).isEqualTo(read);
    } catch (MalformedJsonException malformed) {
      assertThat(malformed).hasMessageMatching("(?s).+");
    }
  }

  @Property(tries = 300)
  void written_message_reads_back_unchanged(
      @ForAll @LongRange(min = 0) long restarts,
      @ForAll @LongRange(min = 0) long uptime,
      @ForAll @LongRange(min = 0) long start,
      @ForAll boolean first) {
    Claim claim =
        new Claim(
            new AgreedValues(restarts, uptime, start),
            first ? "" : "0123456789abcdef0123456789abcdef");
    Proposal proposal = Ballots.proposal(Ballots.LISA, Ballots.NOW, first ? 1 : 2, claim);

    assertThat(ConsensusJson.readProposal(ConsensusJson.write(proposal))).isEqualTo(proposal);
    Vote vote = vote(voter(1), proposal, claim);
    assertThat(ConsensusJson.readVote(ConsensusJson.write(vote))).isEqualTo(vote);
  }
}
