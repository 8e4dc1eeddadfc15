package nara.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The file that {@code scripts/bench all} writes.
 *
 * @param started ISO 8601, UTC
 * @param jdk version and vendor
 * @param commit the commit that was checked out, 40 hex digits
 * @param clean whether the working tree had no change
 * @param loadBefore the load average of the last minute, before the first benchmark; negative where
 *     the system has none
 * @param loadAfter the same after the last one: the benchmarks' own load is part of it
 * @param others the share of the machine's processor time that other programs used meanwhile, 0 to
 *     1; negative where the system does not tell
 * @param arguments of each benchmark, by its name
 * @param ratios by the name of the benchmark and of the figure
 */
record BenchFile(
    String started,
    Machine machine,
    String jdk,
    String commit,
    boolean clean,
    @JsonProperty("load_before") double loadBefore,
    @JsonProperty("load_after") double loadAfter,
    double others,
    Map<String, List<String>> arguments,
    Map<String, Double> ratios) {
  /** A machine with more load per core before the first benchmark counts as busy. */
  static final double MAX_LOAD_PER_CORE = 0.5;

  /** A larger share of other programs disturbs the benchmarks. */
  static final double MAX_OTHERS = 0.1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * The machine, on which the figures depend.
   *
   * @param cpu the model
   * @param system its name, version and architecture
   */
  record Machine(
      int cores, @JsonProperty("memory_mb") long memoryMegabytes, String cpu, String system) {
    @Override
    public String toString() {
      return "%d cores, %,d MB, %s, %s".formatted(cores, memoryMegabytes, cpu, system);
    }
  }

  static BenchFile read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), BenchFile.class);
  }

  void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }

  /** The reasons why two files cannot be compared, as sentences; empty if they can. */
  static List<String> obstacles(BenchFile a, BenchFile b) {
    List<String> obstacles = new ArrayList<>();
    if (!a.machine.equals(b.machine)) {
      obstacles.add("The machines differ: A has %s; B has %s.".formatted(a.machine, b.machine));
    }
    if (!a.jdk.equals(b.jdk)) {
      obstacles.add("The JDKs differ: A has %s, B has %s.".formatted(a.jdk, b.jdk));
    }
    a.arguments.forEach(
        (bench, arguments) -> {
          if (!Objects.equals(arguments, b.arguments.getOrDefault(bench, arguments))) {
            obstacles.add("The arguments of %s differ.".formatted(bench));
          }
        });
    obstacles.addAll(a.disturbances("A"));
    obstacles.addAll(b.disturbances("B"));
    return obstacles;
  }

  private List<String> disturbances(String name) {
    List<String> disturbances = new ArrayList<>();
    if (loadBefore > MAX_LOAD_PER_CORE * machine.cores) {
      disturbances.add(
          String.format(
              Locale.ROOT,
              "The machine was busy before %s: load %.1f on %d cores.",
              name,
              loadBefore,
              machine.cores));
    }
    if (others > MAX_OTHERS) {
      disturbances.add(
          "Other programs used %.0f %% of the processors during %s.".formatted(100 * others, name));
    }
    return disturbances;
  }
}
