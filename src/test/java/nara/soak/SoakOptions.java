package nara.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The arguments of {@code scripts/soak}.
 *
 * @param heap as {@code -Xmx} takes it
 * @param directory for configurations, logs and samples
 */
record SoakOptions(Duration duration, int nodes, String heap, Path directory) {
  private static final int MAX_HOURS = 24 * 30;
  private static final int MIN_NODES = 3;
  private static final int MAX_NODES = 32;

  /** The options; empty after a sentence on what is wrong. */
  static Optional<SoakOptions> parse(String[] args) {
    Duration duration = null;
    int nodes = 8;
    String heap = "128m";
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--hours", "--minutes" -> {
          if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1) {
            return wrong(args[i] + ": expected a whole number from 1, got '" + value + "'");
          }
          long number = Long.parseLong(value);
          duration =
              args[i].equals("--hours") ? Duration.ofHours(number) : Duration.ofMinutes(number);
        }
        case "--nodes" -> {
          if (!value.matches("[0-9]{1,2}")) {
            return wrong("--nodes: expected a number, got '" + value + "'");
          }
          nodes = Integer.parseInt(value);
        }
        case "--heap" -> {
          if (!value.matches("[1-9][0-9]{0,4}[mg]")) {
            return wrong("--heap: expected a size such as 128m, got '" + value + "'");
          }
          heap = value;
        }
        default -> {
          return wrong("unknown option '" + args[i] + "'");
        }
      }
    }
    if (duration == null || duration.compareTo(Duration.ofHours(MAX_HOURS)) > 0) {
      return wrong("give --hours N or --minutes N");
    }
    if (nodes < MIN_NODES || nodes > MAX_NODES) {
      return wrong("--nodes: expected %d to %d".formatted(MIN_NODES, MAX_NODES));
    }
    return Optional.of(new SoakOptions(duration, nodes, heap, Path.of("target", "soak")));
  }

  private static Optional<SoakOptions> wrong(String problem) {
    System.err.println("soak: " + problem + "; scripts/soak --help explains the options");
    return Optional.empty();
  }
}
