package nara.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a benchmark as data: ratios, and counts per event. Seconds are left out, because
 * they say nothing about another machine.
 *
 * <p>A benchmark adds each figure where it prints it, and saves them at its end. They are written
 * only for a process that asked for them by the environment variable {@link #FILE_VARIABLE}.
 */
final class Figures {
  /** The file to write: one JSON object, the value of each figure by its name. */
  static final String FILE_VARIABLE = "BENCH_FIGURES";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Double> values = new LinkedHashMap<>();

  /** Adds a figure, unless it is NaN or infinite: then it was not measured. */
  void add(String name, double value) {
    if (Double.isFinite(value)) {
      values.put(name, value);
    }
  }

  void save() throws IOException {
    Optional<String> file = Optional.ofNullable(System.getenv(FILE_VARIABLE));
    if (file.isPresent()) {
      JSON.writeValue(Path.of(file.get()).toFile(), values);
    }
  }

  /**
   * Runs a benchmark, whose table goes to this process's output, and returns its figures.
   *
   * @throws IOException when it fails, or gives no figures
   */
  static Map<String, Double> of(ProcessBuilder benchmark) throws IOException, InterruptedException {
    Path file = Files.createTempFile("figures", ".json");
    try {
      benchmark.environment().put(FILE_VARIABLE, file.toString());
      int exitCode = benchmark.inheritIO().start().waitFor();
      if (exitCode != 0 || Files.size(file) == 0) {
        throw new IOException(
            "no figures came from %s; exit code %d"
                .formatted(String.join(" ", benchmark.command()), exitCode));
      }
      return JSON.readValue(file.toFile(), new TypeReference<LinkedHashMap<String, Double>>() {});
    } finally {
      Files.delete(file);
    }
  }
}
