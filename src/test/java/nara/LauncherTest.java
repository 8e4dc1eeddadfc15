package nara;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @TempDir Path folder;

  @Test
  void java_that_is_too_old_says_so_in_a_sentence() throws Exception {
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "8",
                "-Xlint:all,-options",
                "-Werror",
                "-d",
                folder.toString(),
                "src/main/java/nara/Launcher.java");
    assertThat(compiled).isZero();
    Optional<Path> old = oldJava();
    assumeTrue(old.isPresent(), "this machine has no old Java");

    Process process =
        new ProcessBuilder(
                old.get().toString(), "-cp", folder.toString(), Launcher.class.getName(), "help")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(output)
        .startsWith("nara needs Java 21 or newer, and ")
        .contains("scripts/nara")
        .hasLineCount(1);
  }

  private static Optional<Path> oldJava() throws Exception {
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(installed)) {
      return homes
          .filter(home -> home.getFileName().toString().matches("java-1?\\.?(8|11|17).*"))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }
}
