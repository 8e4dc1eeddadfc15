package nara.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nara.bench.BenchHistory.Spread;
import nara.testing.FreePorts;

/**
 * What a dashboard costs a recovery: the same process recovers with its management port open, in
 * turns with nobody there and with a {@link Dashboard}. The order changes with each pair.
 */
public final class ScrapingBench {
  private static final String USAGE =
      """
      usage: scripts/bench scraping [--events 80000] [--neighbours 4] [--pairs 9] [--warm 4]
                                    [--every 1000] [--jvm OPTIONS]
      --pairs  recoveries without and with a dashboard; the medians and their ratio are printed
      --warm   recoveries before that are not counted, half of them with a dashboard
      --every  milliseconds between two scrapes
      """;

  private int events = 80_000;
  private int neighbourCount = 4;
  private int pairs = 9;
  private int warmUpRuns = 4;
  private Duration every = Duration.ofSeconds(1);
  private String[] jvm = {"-Xms768m", "-XX:G1HeapRegionSize=8m", WorkerProcess.NODE_COMPILER};

  private ScrapingBench() {}

  public static void main(String[] args) throws Exception {
    ScrapingBench bench = new ScrapingBench();
    if (Arrays.asList(args).contains("--help") || !bench.configure(args)) {
      System.out.print(USAGE);
      return;
    }
    bench.run();
  }

  private boolean configure(String[] args) {
    if (args.length % 2 != 0) {
      return false;
    }
    for (int i = 0; i < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--events" -> events = Integer.parseInt(value);
        case "--neighbours" -> neighbourCount = Integer.parseInt(value);
        case "--pairs" -> pairs = Integer.parseInt(value);
        case "--warm" -> warmUpRuns = Integer.parseInt(value);
        case "--every" -> every = Duration.ofMillis(Long.parseLong(value));
        case "--jvm" -> jvm = value.split(" ");
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  private void run() throws Exception {
    Path file = BenchHistory.file(events);
    try (Neighbours neighbours = new Neighbours(1, "-Xmx1500m", "-XX:+UseSerialGC")) {
      compare(neighbours.hold(file, Spread.EQUAL, neighbourCount));
    }
  }

  private void compare(List<String> peers) throws Exception {
    int port = FreePorts.next();
    List<Object> command = new ArrayList<>(List.of("recover-open", port, events));
    command.addAll(peers);
    double[][] seconds = new double[2][pairs];
    double[][] cpu = new double[2][pairs];
    long scrapes = 0;
    long streamed = 0;
    try (WorkerProcess process = WorkerProcess.start(jvm)) {
      for (int run = -warmUpRuns; run < 2 * pairs; run++) {
        int pair = Math.floorDiv(run, 2);
        boolean watched = Math.floorMod(run, 2) != Math.floorMod(pair, 2);
        Map<String, String> result;
        if (watched) {
          try (Dashboard dashboard = Dashboard.open(port, every)) {
            result = recover(process, command);
            scrapes += run < 0 ? 0 : dashboard.scrapes();
            streamed += run < 0 ? 0 : dashboard.streamedBytes();
          }
        } else {
          result = recover(process, command);
        }
        if (run >= 0) {
          seconds[watched ? 1 : 0][pair] = Double.parseDouble(result.get("took")) / 1e9;
          cpu[watched ? 1 : 0][pair] = Double.parseDouble(result.get("cpu")) / 1e9;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%,d events from %d neighbours, %d pairs, a scrape each %d ms; load %.1f%n"
            + "nobody:    %.3f s, %.3f s of processor time%n"
            + "dashboard: %.3f s, %.3f s; %.1f scrapes and %.0f KB of live events a recovery%n"
            + "ratio:     %.3f, processor time %.3f; median of the pairs %.3f%n",
        events,
        neighbourCount,
        pairs,
        every.toMillis(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        median(seconds[0]),
        median(cpu[0]),
        median(seconds[1]),
        median(cpu[1]),
        (double) scrapes / pairs,
        streamed / 1e3 / pairs,
        median(seconds[1]) / median(seconds[0]),
        median(cpu[1]) / median(cpu[0]),
        median(ratios(seconds)));
    Figures figures = new Figures();
    figures.add("dashboard ÷ nobody, wall", median(seconds[1]) / median(seconds[0]));
    figures.add("dashboard ÷ nobody, cpu", median(cpu[1]) / median(cpu[0]));
    figures.save();
  }

  private static Map<String, String> recover(WorkerProcess process, List<Object> command)
      throws IOException {
    Map<String, String> result = process.request(command.toArray());
    if (!result.get("outcome").equals("complete")) {
      throw new IllegalStateException("a recovery was " + result.get("outcome"));
    }
    return result;
  }

  private static double[] ratios(double[][] seconds) {
    double[] ratios = new double[seconds[0].length];
    Arrays.setAll(ratios, i -> seconds[1][i] / seconds[0][i]);
    return ratios;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
