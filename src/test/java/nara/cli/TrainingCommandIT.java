package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import nara.cli.output.CommandLineRun;
import org.junit.jupiter.api.Test;

/** The run that fills the archive of the start script, which ignores how it ends. */
class TrainingCommandIT {
  @Test
  void training_ends_with_a_complete_recovery_from_all_its_neighbours() {
    CommandLineRun run = CommandLineRun.of("training");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("checkpoints +2 of 2 peers answered");
  }

  @Test
  void training_of_the_tools_verifies_all_its_events() {
    CommandLineRun run = CommandLineRun.of("training", "--tools");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("invalid");
  }
}
