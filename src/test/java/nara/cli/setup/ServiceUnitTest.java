package nara.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd's own judgement of the unit, where systemd is. */
class ServiceUnitTest {
  private static final Path ANALYZER = Path.of("/usr/bin/systemd-analyze");

  /** Tenths of the exposure level, which goes from 0 to 10. */
  private static final int MAX_EXPOSURE = 20;

  @TempDir Path folder;
  private Path unit;

  private record Judgement(int code, String text) {}

  @BeforeEach
  void copyUnit() throws IOException {
    assumeTrue(Files.isExecutable(ANALYZER), "this machine has no systemd-analyze");
    // The analyzer wants the program and the manual page to be installed.
    String text =
        Files.readString(Path.of("dist/systemd/nara.service"))
            .replace("/usr/bin/nara", "/bin/true")
            .replaceAll("(?m)^Documentation=.*\n", "");
    unit = Files.writeString(folder.resolve("nara.service"), text);
  }

  @Test
  void unit_has_no_errors() throws Exception {
    Judgement judgement = analyze("verify", unit.toString());

    assertThat(judgement.code()).as(judgement.text()).isZero();
    assertThat(judgement.text()).doesNotContain(unit.getFileName().toString() + ":");
  }

  @Test
  void unit_exposes_little() throws Exception {
    Judgement judgement =
        analyze("security", "--offline=true", "--threshold=" + MAX_EXPOSURE, unit.toString());

    assumeTrue(!judgement.text().contains("unrecognized option"), "this systemd is too old");
    assertThat(judgement.code()).as(judgement.text()).isZero();
  }

  private Judgement analyze(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ANALYZER.toString()));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Judgement(process.waitFor(), text);
  }
}
