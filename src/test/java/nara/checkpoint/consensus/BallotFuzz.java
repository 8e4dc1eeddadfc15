package nara.checkpoint.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.Attestation.SubjectAsOf;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.testing.Citizen;
import nara.testing.Vectors;

/** Arbitrary bytes as a proposal, as a vote, and as an agreed checkpoint. */
public final class BallotFuzz implements FuzzTarget {
  private static final Citizen BART = Citizen.named("bart");
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Claim OWN_CLAIM = new Claim(new AgreedValues(3, 600, 1_790_000_000), "");

  private final FinalCheckpointFilter filter = new FinalCheckpointFilter();

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    SubjectAsOf about = new SubjectAsOf(BART.name(), BART.id(), 1_800_000_000);
    Proposal proposal = new Proposal(Attestation.sign(BART.identity(), about, OWN_CLAIM), 1);
    seeds.add(ConsensusJson.write(proposal));
    seeds.add(ConsensusJson.write(VotePolicy.vote(proposal, OWN_CLAIM, LISA.identity())));
    JsonNode vectors = Vectors.json("checkpoints.json");
    for (String each : List.of("propose", "vote")) {
      seeds.add(vectors.get("mqtt").get(each).get("json").asText().getBytes(UTF_8));
    }
    vectors
        .get("checkpoints")
        .findValuesAsText("json")
        .forEach(json -> seeds.add(json.getBytes(UTF_8)));
    return seeds;
  }

  @Override
  public void run(byte[] json) {
    filter.rejectReason(json).ifPresent(reason -> Property.printable(reason.label()));
    readProposal(json);
    readVote(json);
  }

  private static void readProposal(byte[] json) {
    try {
      Proposal proposal = ConsensusJson.readProposal(json);
      Property.equal(
          ConsensusJson.readProposal(ConsensusJson.write(proposal)), proposal, "written again");
      checkText(proposal.attestation());
      Vote vote = VotePolicy.vote(proposal, OWN_CLAIM, LISA.identity());
      Property.equal(ConsensusJson.readVote(ConsensusJson.write(vote)), vote, "our vote on it");
    } catch (MalformedJsonException malformed) {
      Property.printable(malformed.getMessage());
    }
  }

  private static void readVote(byte[] json) {
    try {
      Vote vote = ConsensusJson.readVote(json);
      Property.equal(ConsensusJson.readVote(ConsensusJson.write(vote)), vote, "written again");
      checkText(vote.attestation());
      checkCount(vote);
    } catch (MalformedJsonException malformed) {
      Property.printable(malformed.getMessage());
    }
  }

  /** Ids have no colon, so the signed text can be cut in one way only. */
  private static void checkText(Attestation attestation) {
    String text = new String(attestation.signedBytes(), UTF_8);
    Property.holds(text.startsWith("attestation:v2:"), "the signed text is of version 2");
    Property.holds(
        !attestation.subjectId().contains(":") && !attestation.attesterId().contains(":"),
        "ids have no colon");
  }

  /** Equal votes give a valid checkpoint, and means of them are within what they say. */
  private static void checkCount(Vote vote) {
    List<Vote> votes = Stream.generate(() -> vote).limit(VoteCounting.VOTE_QUORUM).toList();
    AgreedValues values = vote.attestation().claim().agreedValues();
    Property.equal(VoteCounting.trimmedMeans(votes), values, "the mean of equal values");
    Proposal proposal = new Proposal(vote.attestation(), vote.round());
    Claim agreed = VoteCounting.agreedClaim(proposal, votes).orElseThrow();
    Checkpoint checkpoint = VoteCounting.checkpoint(agreed, proposal, votes, id -> 0);
    Property.holds(
        checkpoint.voterIds().size() <= VoteCounting.MAX_SIGNATURES, "signatures are bounded");
    Property.equal(
        checkpoint.attestation(vote.attestation().attesterId()),
        new String(vote.attestation().signedBytes(), UTF_8),
        "a voter signed what the checkpoint says");
  }
}
