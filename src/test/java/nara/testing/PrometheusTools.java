package nara.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of Prometheus, which scripts/test provides. */
public final class PrometheusTools {
  private static final List<Path> SEARCH_PATH =
      List.of(
          Path.of("target/prometheus/usr/bin"),
          Path.of("/usr/bin"),
          Path.of("/usr/local/bin"),
          Path.of("/opt/homebrew/bin"));

  private PrometheusTools() {}

  /** The path of {@code prometheus} or {@code promtool}. */
  public static Path binary(String name) {
    return SEARCH_PATH.stream()
        .map(place -> place.resolve(name).toAbsolutePath())
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "These tests need "
                        + name
                        + " and there is none at "
                        + SEARCH_PATH
                        + ": run scripts/test, which provides it"));
  }

  /**
   * The output of promtool, errors included.
   *
   * @throws AssertionError when it finds a fault
   */
  public static String promtool(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(binary("promtool").toString()));
    command.addAll(List.of(arguments));
    Path given = Files.createTempFile("promtool", ".txt");
    try {
      Files.writeString(given, input);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(given.toFile())
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(command + " found a fault:\n" + output);
      }
      return output;
    } finally {
      Files.delete(given);
    }
  }
}
