package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.testing.Altered;
import nara.testing.FakeBus;
import nara.testing.Vectors;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsensusJsonTest {
  private static final JsonNode RECORDED = Vectors.json("checkpoints.json");
  private static final String PROPOSE = RECORDED.at("/mqtt/propose/json").asText();
  private static final String VOTE = RECORDED.at("/mqtt/vote/json").asText();

  @Test
  void recorded_proposal_is_read_verified_and_written_byte_for_byte() {
    Proposal proposal = ConsensusJson.readProposal(bytes(PROPOSE));

    assertThat(new String(proposal.attestation().signedBytes(), StandardCharsets.UTF_8))
        .isEqualTo(RECORDED.at("/mqtt/propose/text").asText());
    assertThat(proposal.round()).isEqualTo(1);
    assertThat(signed(proposal.attestation())).isTrue();
    assertThat(text(ConsensusJson.write(proposal))).isEqualTo(PROPOSE);
  }

  @Test
  void recorded_vote_is_read_verified_and_written_byte_for_byte() {
    Vote vote = ConsensusJson.readVote(bytes(VOTE));

    assertThat(new String(vote.attestation().signedBytes(), StandardCharsets.UTF_8))
        .isEqualTo(RECORDED.at("/mqtt/vote/text").asText());
    assertThat(vote.approved()).isTrue();
    assertThat(vote.proposalTime()).isEqualTo(vote.attestation().asOfTime());
    assertThat(signed(vote.attestation())).isTrue();
    assertThat(text(ConsensusJson.write(vote))).isEqualTo(VOTE);
  }

  @Test
  void zeros_and_an_empty_checkpoint_id_are_not_written() {
    Claim nothing = new Claim(new AgreedValues(0, 0, 0), "");
    Vote vote = vote(voter(1), proposal(), nothing);

    assertThat(text(ConsensusJson.write(vote)))
        .contains("\"observation\":{},")
        .doesNotContain("last_seen_checkpoint_id")
        .endsWith(",\"round\":1,\"approved\":false}");
    assertThat(ConsensusJson.readVote(ConsensusJson.write(vote))).isEqualTo(vote);
    assertThat(ConsensusJson.readProposal(ConsensusJson.write(proposal()))).isEqualTo(proposal());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":2|\"version\":1",
        "\"version\":2|\"version\":3",
        "\"version\":2|\"vErsion\":2",
        "\"version\":2|\"version\":2,\"version\":2",
        "\"subject\":\"subject-open\"|\"subject\":\"\"",
        "\"attester\":\"voter-open-0\"|\"attester\":7",
        "\"restarts\":47|\"restarts\":-1",
        "\"restarts\":47|\"restarts\":1e3",
        "\"total_uptime\":23456789|\"total_uptime\":9223372036854775808",
        "\"observation\":{|\"observation\":[{",
        "\"as_of_time\":1768900000|\"as_of_time\":0",
        "\"round\":1|\"round\":3",
        "\"round\":1|\"round\":0",
        "\"approved\":true|\"approved\":1",
        "\"approved\":true}|\"approved\":true} x",
        "0123456789abcdef0123456789abcdef|0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcdef|1:2:3",
        "qYUVPatFha2b|qYUVPatFha2",
        "2rpQkQTrpagrwxVJRycqHoY8PAVvvzekPb2JFn13SoZA|2rpQkQTrpag:1768900000",
        "2rpQkQTrpagrwxVJRycqHoY8PAVvvzekPb2JFn13SoZA|''",
      })
  void malformed_message_is_refused(String part, String changed) {
    String altered = Altered.replaceAll(VOTE, part, changed);

    assertThatThrownBy(() -> ConsensusJson.readVote(bytes(altered)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void id_with_a_colon_is_refused() {
    String subject = proposal().attestation().subjectId();
    String forged = subject + ":1790000000:9:9:9";

    assertThatThrownBy(
            () ->
                ConsensusJson.readProposal(
                    bytes(
                        Altered.replaceAll(
                            text(ConsensusJson.write(proposal())), subject, forged))))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessage("subject_id is not a nara id");
  }

  @Test
  void unknown_fields_are_ignored() {
    String more = Altered.replace(VOTE, "\"version\":2", "\"version\":2,\"new\":{\"a\":[1]}");

    assertThat(ConsensusJson.readVote(bytes(more))).isEqualTo(ConsensusJson.readVote(bytes(VOTE)));
    assertThat(
            ConsensusJson.readVote(
                bytes(
                    Altered.replace(
                        VOTE, "\"observation\":{", "\"observation\":{\"online\":\"ONLINE\","))))
        .isEqualTo(ConsensusJson.readVote(bytes(VOTE)));
  }

  @Test
  void messages_are_signed_by_their_sender() {
    Keyring keys = new Keyring();
    keys.learn(voter(1).name(), voter(1).id(), voter(1).key(), Origin.CONFIG);
    Attestation mine = vote(voter(1), proposal(), CLAIM).attestation();

    assertThat(rejectReason(keys, mine)).isEmpty();
    assertThat(rejectReason(keys, copy(mine, "somebody", mine.attesterId())))
        .contains(RejectReason.OTHER_NAME);
    Attestation unknown = vote(voter(2), proposal(), CLAIM).attestation();
    assertThat(rejectReason(keys, unknown)).contains(RejectReason.UNKNOWN_KEY);
    keys.learn(voter(2).name(), voter(2).id(), voter(2).key(), Origin.CONFIG);
    assertThat(rejectReason(keys, copy(mine, voter(2).name(), voter(2).id())))
        .contains(RejectReason.BAD_SIGNATURE);
  }

  private static Attestation copy(Attestation from, String attester, String attesterId) {
    return new Attestation(
        from.subject(),
        from.subjectId(),
        from.claim(),
        attester,
        attesterId,
        from.asOfTime(),
        from.signature());
  }

  private static Optional<RejectReason> rejectReason(Keyring keys, Attestation attestation) {
    Vertx vertx = Vertx.vertx();
    AttestationVerifier verifier = new AttestationVerifier(keys, new BouncyCastleVerifier());
    try {
      FakeBus.await(verifier.verify(vertx, attestation, key -> Optional.empty()));
      return Optional.empty();
    } catch (RejectedException rejected) {
      return Optional.of(rejected.reason());
    } finally {
      FakeBus.await(vertx.close());
    }
  }

  private static boolean signed(Attestation attestation) {
    Keyring keys = new Keyring();
    RECORDED
        .get("keys")
        .forEach(
            key ->
                keys.learn(
                    key.get("name").asText(),
                    key.get("id").asText(),
                    PublicKey.parse(key.get("public_key").asText()).orElseThrow(),
                    Origin.CONFIG));
    return rejectReason(keys, attestation).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
