package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import nara.identity.Keyring;
import nara.plaza.Heard.Reason;
import org.junit.jupiter.api.Test;

class EarTest {
  private final Ear ear = new Ear("lisa", new Keyring(), new PlainVerifier(), 8 << 20);

  @Test
  void a_message_about_checkpoints_is_passed_on_as_it_came() {
    byte[] json = {'{', '}'};
    assertThat(ear.hear(Topics.CHECKPOINT_PROPOSE, json))
        .isEqualTo(new Heard.AboutCheckpoint(new CheckpointWord.Proposed(json)));
    assertThat(ear.hear(Topics.CHECKPOINT_VOTE, json))
        .isEqualTo(new Heard.AboutCheckpoint(new CheckpointWord.Voted(json)));
    assertThat(ear.hear(Topics.CHECKPOINT_FINAL, json))
        .isEqualTo(new Heard.AboutCheckpoint(new CheckpointWord.Agreed(json)));
  }

  @Test
  void a_vote_that_is_larger_than_any_honest_one_is_not_even_read() {
    byte[] large = new byte[Ear.BALLOT_BYTES + 1];
    assertThat(ear.hear(Topics.CHECKPOINT_VOTE, large))
        .isEqualTo(new Heard.Ignored(Reason.TOO_LARGE));
    assertThat(ear.hear(Topics.CHECKPOINT_PROPOSE, large))
        .isEqualTo(new Heard.Ignored(Reason.TOO_LARGE));
    assertThat(ear.hear(Topics.CHECKPOINT_FINAL, new byte[(64 << 10) + 1]))
        .isEqualTo(new Heard.Ignored(Reason.TOO_LARGE));
  }

  @Test
  void who_only_reads_hears_of_checkpoints_that_were_agreed_on_and_of_no_votes() {
    assertThat(Topics.heardBy("lisa", true))
        .contains(Topics.CHECKPOINT_FINAL)
        .doesNotContain(Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE);
    assertThat(Topics.heardBy("lisa", false))
        .contains(Topics.CHECKPOINT_FINAL, Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE);
  }
}
