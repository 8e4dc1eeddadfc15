package nara.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs all benchmarks one after the other, each in a process of its own. Writes one file: their
 * ratios, and the facts that decide whether two such files can be compared.
 */
public final class AllBench {
  private static final String USAGE =
      """
      usage: scripts/bench all [--out FILE] [NAME...]
      Runs all benchmarks, or these, and writes their ratios, the machine, its load, the JDK and the
      commit to FILE (target/bench/COMMIT.json). All of them take tens of minutes.
      scripts/bench compare A B compares two such files.
      """;

  /** The arguments by benchmark. They are large enough to show a change of a few percent. */
  private static final Map<String, List<String>> ARGUMENTS = new LinkedHashMap<>();

  static {
    ARGUMENTS.put("verify", List.of("50000", "40", "5"));
    ARGUMENTS.put("intake", List.of("80000"));
    ARGUMENTS.put("ledger", List.of());
    ARGUMENTS.put("serve", List.of("--sizes", "20000,320000", "--rounds", "3"));
    ARGUMENTS.put("paging", List.of());
    ARGUMENTS.put(
        "recovery",
        List.of(
            "--sizes",
            "80000",
            "--neighbours",
            "1,4",
            "--spreads",
            "equal,twice",
            "--rounds",
            "3",
            "--archive"));
    ARGUMENTS.put("restart", List.of("80000", "1"));
    ARGUMENTS.put("scraping", List.of());
  }

  private AllBench() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>(List.of(args));
    String commit = git("rev-parse", "HEAD").strip();
    Path out = Path.of("target", "bench", commit + ".json");
    if (names.size() > 1 && names.getFirst().equals("--out")) {
      out = Path.of(names.get(1));
      names = names.subList(2, names.size());
    }
    if (!ARGUMENTS.keySet().containsAll(names)) {
      System.out.print(USAGE);
      System.out.println("benchmarks: " + String.join(" ", ARGUMENTS.keySet()));
      System.exit(names.contains("--help") ? 0 : 2);
    }
    Map<String, List<String>> arguments = new LinkedHashMap<>(ARGUMENTS);
    if (!names.isEmpty()) {
      arguments.keySet().retainAll(names);
    }
    Files.createDirectories(out.toAbsolutePath().getParent());
    run(commit, arguments).write(out);
    System.out.println("written: " + out);
  }

  private static BenchFile run(String commit, Map<String, List<String>> arguments)
      throws IOException, InterruptedException {
    boolean clean = git("status", "--porcelain").isBlank();
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    double loadBefore = load();
    ProcessorTime before = ProcessorTime.now();
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> bench : arguments.entrySet()) {
      System.out.printf("%n== %s ==%n", title(bench));
      Figures.of(new ProcessBuilder(command(bench)))
          .forEach((name, value) -> ratios.put(bench.getKey() + ": " + name, value));
    }
    return new BenchFile(
        started.toString(),
        machine(),
        Runtime.version() + ", " + System.getProperty("java.vendor"),
        commit,
        clean,
        loadBefore,
        load(),
        ProcessorTime.now().othersSince(before),
        arguments,
        ratios);
  }

  private static String title(Map.Entry<String, List<String>> bench) {
    return (bench.getKey() + " " + String.join(" ", bench.getValue())).strip();
  }

  private static List<String> command(Map.Entry<String, List<String>> bench) {
    String name = bench.getKey();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(
        "nara.bench." + Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Bench");
    command.addAll(bench.getValue());
    return command;
  }

  private static BenchFile.Machine machine() throws IOException {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    String system =
        Stream.of("os.name", "os.version", "os.arch")
            .map(System::getProperty)
            .reduce((a, b) -> a + " " + b)
            .orElseThrow();
    return new BenchFile.Machine(
        Runtime.getRuntime().availableProcessors(), memory >> 20, cpu(), system);
  }

  /** The model of the processor; its architecture if Linux's {@code /proc} gives no model. */
  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    return (Files.exists(info) ? Files.readAllLines(info) : List.<String>of())
        .stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(Arrays.asList(arguments));
    Process git =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (git.waitFor() != 0) {
      throw new IOException(
          "the commit is unknown: git " + String.join(" ", arguments) + " failed");
    }
    return output;
  }
}
