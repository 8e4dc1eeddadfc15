package nara.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the files of two runs of all benchmarks may be compared. */
class BenchFileTest {
  private static final BenchFile.Machine MACHINE =
      new BenchFile.Machine(2, 24_000, "Fast 3000", "Linux 6.1 amd64");

  @Test
  void file_is_read_as_it_was_written(@TempDir Path folder) throws IOException {
    BenchFile file = file(MACHINE, "25", 0.4, 0.03, List.of("50000"));

    file.write(folder.resolve("a.json"));

    assertThat(BenchFile.read(folder.resolve("a.json"))).isEqualTo(file);
  }

  @Test
  void quiet_runs_on_one_machine_with_one_jdk_can_be_compared() {
    assertThat(
            BenchFile.obstacles(
                file(MACHINE, "25", 0.4, 0.03, List.of()), file(MACHINE, "25", 0.9, -1, List.of())))
        .isEmpty();
  }

  @Test
  void every_difference_that_forbids_a_comparison_is_named() {
    BenchFile.Machine other = new BenchFile.Machine(8, 24_000, "Fast 3000", "Linux 6.1 amd64");

    assertThat(
            BenchFile.obstacles(
                file(MACHINE, "25", 1.5, 0.03, List.of("50000")),
                file(other, "21", 1.5, 0.2, List.of("80000"))))
        .containsExactly(
            "The machines differ: A has 2 cores, 24,000 MB, Fast 3000, Linux 6.1 amd64;"
                + " B has 8 cores, 24,000 MB, Fast 3000, Linux 6.1 amd64.",
            "The JDKs differ: A has 25, B has 21.",
            "The arguments of verify differ.",
            "The machine was busy before A: load 1.5 on 2 cores.",
            "Other programs used 20 % of the processors during B.");
  }

  @Test
  void share_of_other_programs_is_the_busy_time_without_our_own() {
    ProcessorTime start = new ProcessorTime(1_000, 500, 100);

    assertThat(new ProcessorTime(2_000, 1_200, 700).othersSince(start)).isEqualTo(0.1);
    assertThat(new ProcessorTime(1_000, 500, 100).othersSince(start)).isNegative();
  }

  @Test
  void medians_cover_only_figures_that_all_rounds_have() {
    assertThat(
            PairsBench.medians(
                List.of(Map.of("a", 1.0, "b", 1.0), Map.of("a", 5.0), Map.of("a", 2.0, "b", 9.0))))
        .isEqualTo(Map.of("a", 2.0));
  }

  private static BenchFile file(
      BenchFile.Machine machine, String jdk, double load, double others, List<String> arguments) {
    return new BenchFile(
        "2026-11-29T08:00:00Z",
        machine,
        jdk,
        "abc",
        true,
        load,
        2,
        others,
        Map.of("verify", arguments),
        Map.of("verify: one ÷ other", 2.5));
  }
}
