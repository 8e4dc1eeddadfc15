package nara.mqtt.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nara.identity.Keyring;
import nara.mqtt.JdkTestVerifier;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.PlazaMessage.Ignored;
import nara.mqtt.wire.PlazaMessage.IncomingCheckpoint;
import org.junit.jupiter.api.Test;

class PlazaDecoderTest {
  private final PlazaDecoder decoder =
      new PlazaDecoder("lisa", new Keyring(), new JdkTestVerifier(), 8 << 20);

  @Test
  void checkpoint_message_is_passed_on_unchanged() {
    byte[] json = {'{', '}'};
    assertThat(decoder.decode(Topics.CHECKPOINT_PROPOSE, json))
        .isEqualTo(new IncomingCheckpoint(new CheckpointMessage.Proposed(json)));
    assertThat(decoder.decode(Topics.CHECKPOINT_VOTE, json))
        .isEqualTo(new IncomingCheckpoint(new CheckpointMessage.Voted(json)));
    assertThat(decoder.decode(Topics.CHECKPOINT_FINAL, json))
        .isEqualTo(new IncomingCheckpoint(new CheckpointMessage.Agreed(json)));
  }

  @Test
  void keys_of_messages_are_taken_in_any_case_as_by_the_reference() {
    byte[] request = "{\"from\":\"bart\",\"subjects\":[\"x\"]}".getBytes(UTF_8);
    byte[] response =
        ("{\"from\":\"bart\",\"events\":[{\"id\":\"i\",\"timestamp\":5,\"type\":\"tease\","
                + "\"actor\":\"a\",\"target\":\"b\"}]}")
            .getBytes(UTF_8);
    byte[] twice = "{\"From\":\"bart\",\"from\":\"moe\",\"Subjects\":[]}".getBytes(UTF_8);

    assertThat(decoder.decode("nara/ledger/lisa/request", request))
        .isEqualTo(
            new PlazaMessage.IncomingRequest(new LedgerRequestMessage("bart", List.of("x"))));
    assertThat(decoder.decode("nara/ledger/lisa/response", response))
        .isInstanceOfSatisfying(
            PlazaMessage.IncomingResponse.class,
            it -> {
              assertThat(it.from()).isEqualTo("bart");
              assertThat(new String(it.events().json(), UTF_8)).contains("\"ts\":5");
            });
    assertThat(decoder.decode("nara/ledger/lisa/request", twice))
        .isEqualTo(new Ignored(IgnoreReason.UNREADABLE));
  }

  @Test
  void oversized_vote_is_dropped_before_parsing() {
    byte[] large = new byte[PlazaDecoder.MAX_BALLOT_BYTES + 1];
    assertThat(decoder.decode(Topics.CHECKPOINT_VOTE, large))
        .isEqualTo(new Ignored(IgnoreReason.TOO_LARGE));
    assertThat(decoder.decode(Topics.CHECKPOINT_PROPOSE, large))
        .isEqualTo(new Ignored(IgnoreReason.TOO_LARGE));
    assertThat(decoder.decode(Topics.CHECKPOINT_FINAL, new byte[(64 << 10) + 1]))
        .isEqualTo(new Ignored(IgnoreReason.TOO_LARGE));
  }

  @Test
  void read_only_node_receives_final_checkpoints_and_no_votes() {
    assertThat(Topics.subscriptionsOf("lisa", true))
        .contains(Topics.CHECKPOINT_FINAL)
        .doesNotContain(Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE);
    assertThat(Topics.subscriptionsOf("lisa", false))
        .contains(Topics.CHECKPOINT_FINAL, Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE);
  }
}
