package nara.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures a restart: a new process that restores its ledger from a snapshot, until all parts of
 * the node run. Each round is a process of its own, with the options of {@code scripts/nara} but
 * without its archive of classes.
 */
public final class RestartBench {
  private static final String USAGE =
      """
      usage: scripts/bench restart [EVENTS] [ROUNDS] [JVM_OPTION...]
      Restarts a node from a snapshot of EVENTS events (200000), ROUNDS times (3).
      """;

  /** As {@code scripts/nara} sets them for a node on a large machine. */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:MaxRAMPercentage=60",
          "-XX:InitialRAMPercentage=3",
          "-XX:G1HeapRegionSize=8m",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=20",
          WorkerProcess.NODE_COMPILER);

  private RestartBench() {}

  /** Prints a line for each round. */
  public static void main(String[] args) throws IOException {
    if (args.length > 0 && !args[0].matches("[0-9]+")) {
      System.out.print(USAGE);
      System.exit(args[0].equals("--help") ? 0 : 2);
    }
    int size = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    List<String> options = new ArrayList<>(OPTIONS);
    options.addAll(List.of(args).subList(Math.min(2, args.length), args.length));
    Path history = BenchHistory.file(size);
    Path snapshot = Files.createTempDirectory("restart").resolve("snapshot");
    try (WorkerProcess writer = WorkerProcess.start(options.toArray(String[]::new))) {
      writer.send("snapshot", history.toAbsolutePath(), snapshot);
      writer.awaitResponse();
    }
    System.out.printf(
        Locale.ROOT,
        "%,d events, a snapshot of %d MB; java %s, %d cores%n",
        size,
        Files.size(snapshot) >> 20,
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());
    Figures figures = new Figures();
    for (int round = 0; round < rounds; round++) {
      try (WorkerProcess node = WorkerProcess.start(options.toArray(String[]::new))) {
        node.send("restart", size, snapshot);
        Map<String, String> figure = node.awaitResponse();
        double held = Double.parseDouble(figure.get("held"));
        if (held < size) {
          throw new IllegalStateException("only %.0f events were restored".formatted(held));
        }
        double heap = Double.parseDouble(figure.get("heap"));
        System.out.printf(
            Locale.ROOT,
            "wall clock %.1f s, processor %.1f s, collector's pauses %.1f s; "
                + "heap %.0f bytes per event, of which JSON %.0f%n",
            Double.parseDouble(figure.get("took")) / 1e9,
            Double.parseDouble(figure.get("cpu")) / 1e9,
            Double.parseDouble(figure.get("collector_ms")) / 1e3,
            heap / held,
            Double.parseDouble(figure.get("json")) / held);
        figures.add("heap after a restart, bytes per event", heap / held);
      }
    }
    figures.save();
  }
}
