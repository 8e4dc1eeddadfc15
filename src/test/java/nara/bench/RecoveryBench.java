package nara.bench;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import nara.bench.BenchHistory.Spread;
import nara.testing.FaultyPeer;

/**
 * Recovery from neighbours in processes of their own, beside its floor: the same signatures,
 * verified by the same verifier on all cores, and nothing else.
 *
 * <p>Before each row, recoveries that are not counted let the neighbours compile their code. Then
 * each row starts a process that recovers, once as it comes and then again, when the JVM has
 * compiled what it runs (some recoveries between are not counted); and before it one that does the
 * floor, likewise. So what the machine does meanwhile happens to both. The ratio is given by the
 * clock and by the processor time of the recovering process, which other processes disturb less. On
 * a machine with few cores the neighbours' work is part of the time by the clock; what they used is
 * given, too.
 */
public final class RecoveryBench {
  private static final String USAGE =
      """
      usage: scripts/bench recovery [--sizes 20000,80000] [--neighbours 1,4,8]
                                    [--spreads equal,twice,disjoint,lone] [--all] [--rounds 1]
                                    [--warm 4] [--again 3] [--tight] [--bad]
                                    [--jvm OPTIONS] [--archive]
      --all     also 320,000 events
      --tight   then once more in a process whose heap cannot pass 1.5 times what is held at the end
      --rounds  processes for each row, whose median is printed
      --warm    recoveries in each process after the first one that are not counted: until then the
                JVM is still compiling
      --again   recoveries in each process after those; their median is printed
      --jvm     options of the recovering process
      --archive the recovering process has the jar and the archive that scripts/nara starts a node
                with; without it the first recovery loads its classes from files
      Before each row a process recovers 1 + --warm times, not counted, so that the neighbours have
      compiled their code.
      --bad     only this: one honest neighbour alone, and beside three bad ones, taking turns
      """;

  private List<Integer> sizes = List.of(20_000, 80_000);
  private List<Integer> counts = List.of(1, 4, 8);
  private List<Spread> spreads = List.of(Spread.values());
  private int rounds = 1;
  private int warmUpRuns = 4;
  private int measuredRuns = 3;
  private boolean heapLimit;

  /** About what {@code scripts/nara} gives a node on a machine of 24 GB. */
  private String[] jvm = {"-Xms768m", "-XX:G1HeapRegionSize=8m", WorkerProcess.NODE_COMPILER};

  private String classPath = System.getProperty("java.class.path");
  private boolean withArchive;
  private boolean badNeighbours;

  private final Neighbours neighbours =
      new Neighbours(1, "-Xmx1500m", "-XX:+UseSerialGC", WorkerProcess.NODE_COMPILER);
  private final Figures figures = new Figures();

  private RecoveryBench() {}

  public static void main(String[] args) throws IOException {
    RecoveryBench bench = new RecoveryBench();
    if (Arrays.asList(args).contains("--help") || !bench.configure(args)) {
      System.out.print(USAGE);
      return;
    }
    try {
      bench.run();
      bench.figures.save();
    } finally {
      bench.neighbours.close();
    }
  }

  private boolean configure(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--tight")) {
        heapLimit = true;
        continue;
      }
      if (args[i].equals("--all")) {
        sizes = List.of(20_000, 80_000, 320_000);
        continue;
      }
      if (args[i].equals("--archive")) {
        withArchive = true;
        continue;
      }
      if (args[i].equals("--bad")) {
        badNeighbours = true;
        continue;
      }
      if (i + 1 == args.length) {
        return false;
      }
      String value = args[++i];
      switch (args[i - 1]) {
        case "--sizes" -> sizes = Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
        case "--neighbours" ->
            counts = Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
        case "--spreads" ->
            spreads =
                Arrays.stream(value.split(","))
                    .map(name -> Spread.valueOf(name.toUpperCase(Locale.ROOT)))
                    .toList();
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--warm" -> warmUpRuns = Integer.parseInt(value);
        case "--again" -> measuredRuns = Integer.parseInt(value);
        case "--jvm" -> jvm = value.split(" ");
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  /** The JVM takes the archive only if the class path begins with the jar that it was made from. */
  private void useArchive() throws IOException {
    StartArchive archive = StartArchive.prepare();
    classPath = archive.jar() + File.pathSeparator + classPath;
    jvm = Stream.concat(Arrays.stream(jvm), archive.options().stream()).toArray(String[]::new);
  }

  private void run() throws IOException {
    if (withArchive) {
      useArchive();
    }
    if (badNeighbours) {
      for (int size : sizes) {
        runWithBadNeighbours(BenchHistory.file(size), size);
      }
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, JDK %s, %s; load %.1f at the start%n"
            + "first: a process that just started; again: the same process, compiled%n"
            + "time ÷ floor: by the clock, and by the process's own processor time%n%n",
        LocalDate.now(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        System.getProperty("os.arch"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.out.printf(
        "%-7s %2s %-8s | %7s %7s %11s %9s | %7s %7s %11s %9s | %6s %6s %6s %8s | %6s %6s %6s %s%n",
        "events",
        "of",
        "spread",
        "first",
        "floor",
        "÷ floor",
        "events/s",
        "again",
        "floor",
        "÷ floor",
        "events/s",
        "fetch",
        "least",
        "bytes",
        "share",
        "peak",
        "live",
        "ledger",
        "others' cpu");
    for (int size : sizes) {
      Path file = BenchHistory.file(size);
      for (int count : counts) {
        for (Spread spread : spreads) {
          // With one neighbour all of them are one case.
          if (count > 1 || spread == spreads.get(0)) {
            row(file, size, count, count > 1 ? spread : Spread.EQUAL);
          }
        }
      }
    }
  }

  private void row(Path file, int size, int count, Spread spread) throws IOException {
    List<String> peers = neighbours.hold(file, spread, count);
    Measurements first = new Measurements();
    Measurements later = new Measurements();
    Measurements firstFloor = new Measurements();
    Measurements laterFloor = new Measurements();
    List<Object> command = new ArrayList<>(List.of("recover", size));
    command.addAll(peers);
    warmUp(command.toArray());
    for (int round = 0; round < rounds; round++) {
      measureFloor(firstFloor, laterFloor, file);
      measure(first, later, measuredRuns, jvm, command.toArray());
    }
    boolean whole = first.all("outcome").stream().allMatch("complete"::equals);
    System.out.printf(
        Locale.ROOT,
        "%-7d %2d %-8s | %7s %7s %11s %9s | %7s %7s %11s %9s | %6.3f %6.3f %6.0f %7.3f%% |"
            + " %5dM %5dM %5dM %4.0f%% %s%n",
        size,
        count,
        spread.name().toLowerCase(Locale.ROOT),
        seconds(first),
        seconds(firstFloor),
        ratios(first, firstFloor),
        rate(size, first),
        seconds(later),
        seconds(laterFloor),
        ratios(later, laterFloor),
        rate(size, later),
        first.median("fetched") / size,
        spread.leastFetches(count),
        first.median("bytes") / size,
        100 * first.least("held") / size,
        (long) first.median("peak") >> 20,
        (long) first.median("live") >> 20,
        (long) first.median("own") >> 20,
        100 * later.median("others") / later.median("cpu"),
        whole ? "" : "not complete: " + first.all("outcome"));
    String name =
        "%d events, %d neighbours, %s: ".formatted(size, count, spread).toLowerCase(Locale.ROOT);
    figures.add(name + "first ÷ floor, wall, warm neighbours", first.ratio("took", firstFloor));
    figures.add(name + "first ÷ floor, cpu, warm neighbours", first.ratio("cpu", firstFloor));
    figures.add(name + "again ÷ floor, wall", later.ratio("took", laterFloor));
    figures.add(name + "again ÷ floor, cpu", later.ratio("cpu", laterFloor));
    figures.add(name + "fetched per event", first.median("fetched") / size);
    figures.add(name + "bytes per event", first.median("bytes") / size);
    figures.add(name + "requests", first.median("requests"));
    figures.add(name + "allocated per event", first.median("allocated") / size);
    figures.add(name + "held ÷ events", first.least("held") / size);
    figures.add(name + "heap at the end per event", first.median("own") / size);
    if (heapLimit) {
      runWithHeapLimit(size, peers, (long) first.median("own"));
    }
  }

  /** Lets the neighbours compile what they run, as neighbours have that started long ago. */
  private void warmUp(Object... command) throws IOException {
    try (WorkerProcess process = WorkerProcess.startWith(classPath, jvm)) {
      for (int i = 0; i <= warmUpRuns; i++) {
        process.request(command);
      }
    }
  }

  /** The same under a limit: what passes it would end the process. */
  private void runWithHeapLimit(int size, List<String> peers, long own) throws IOException {
    long limit = own * 3 / 2 >> 20;
    List<Object> command = new ArrayList<>(List.of("recover", size));
    command.addAll(peers);
    List<String> options = new ArrayList<>(List.of(jvm));
    options.removeIf(option -> option.startsWith("-Xms"));
    options.add("-Xmx" + limit + "m");
    Measurements once = new Measurements();
    measure(once, new Measurements(), 0, options.toArray(String[]::new), command.toArray());
    System.out.printf(
        Locale.ROOT,
        "%-7d   in a heap of %dM, 1.5 times the %dM held at the end: %s, %.3f%%, %.2fs, live %dM%n",
        size,
        limit,
        own >> 20,
        once.all("outcome").get(0),
        100 * once.least("held") / size,
        once.median("took") / 1e9,
        (long) once.median("live") >> 20);
  }

  /** How much longer it takes when a liar, a trickler and one that resets are asked as well. */
  private void runWithBadNeighbours(Path file, int size) throws IOException {
    List<String> peers = neighbours.hold(file, Spread.EQUAL, 4);
    String[] address =
        peers.stream().map(p -> p.substring(p.indexOf('@') + 1)).toArray(String[]::new);
    String[] name = peers.stream().map(p -> p.substring(0, p.indexOf('@'))).toArray(String[]::new);
    Measurements alone = new Measurements();
    Measurements beside = new Measurements();
    try (FaultyPeer liar =
            FaultyPeer.proxying(address[1])
                .rewriting(body -> body.replaceFirst("\"cursor\":\"[^\"]*\"", "\"cursor\":\"1\""));
        FaultyPeer trickler = FaultyPeer.proxying(address[2]).trickling();
        FaultyPeer resetter = FaultyPeer.proxying(address[3]).resettingAtNineTenths()) {
      warmUp("recover", size, peers.get(0));
      for (int round = 0; round < rounds; round++) {
        measure(alone, alone, 0, jvm, "recover", size, peers.get(0));
        measure(
            beside,
            beside,
            0,
            jvm,
            "recover",
            size,
            peers.get(0),
            name[1] + "@" + liar.address(),
            name[2] + "@" + trickler.address(),
            name[3] + "@" + resetter.address());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%,d events: %s from the honest one alone, %s beside a liar, a trickler and a resetter:"
            + " %.2f times; held %.3f%%%n",
        size,
        seconds(alone),
        seconds(beside),
        beside.ratio("took", alone),
        100 * beside.least("held") / size);
    figures.add(size + " events: beside bad ones ÷ alone, wall", beside.ratio("took", alone));
  }

  private void measure(
      Measurements first, Measurements later, int times, String[] options, Object... command)
      throws IOException {
    try (WorkerProcess process = WorkerProcess.startWith(classPath, options)) {
      measure(process, first, later, times, command);
    }
  }

  private void measureFloor(Measurements first, Measurements later, Path file) throws IOException {
    try (WorkerProcess process = WorkerProcess.start("-Xmx2g")) {
      measure(process, first, later, measuredRuns, "floor", file);
    }
  }

  private void measure(
      WorkerProcess process, Measurements first, Measurements later, int times, Object... command)
      throws IOException {
    for (int i = 0; i <= (times == 0 ? 0 : warmUpRuns + times); i++) {
      long before = neighbours.cpuNanos();
      Map<String, String> answer = process.request(command);
      answer.put("others", String.valueOf(neighbours.cpuNanos() - before));
      if (i == 0) {
        first.add(answer);
      } else if (i > warmUpRuns) {
        later.add(answer);
      }
    }
  }

  private static String seconds(Measurements measurements) {
    return String.format(Locale.ROOT, "%.2fs", measurements.median("took") / 1e9);
  }

  private static String ratios(Measurements measurements, Measurements floor) {
    return String.format(
        Locale.ROOT,
        "%.2f %.2f",
        measurements.ratio("took", floor),
        measurements.ratio("cpu", floor));
  }

  private static String rate(int size, Measurements measurements) {
    return String.format(Locale.ROOT, "%,.0f", size * 1e9 / measurements.median("took"));
  }

  /** The answers of several runs. */
  private static final class Measurements {
    private final List<Map<String, String>> answers = new ArrayList<>();

    void add(Map<String, String> answer) {
      answers.add(answer);
    }

    List<String> all(String key) {
      return answers.stream().map(answer -> answer.get(key)).toList();
    }

    double least(String key) {
      return all(key).stream().mapToDouble(Double::parseDouble).min().orElse(Double.NaN);
    }

    double ratio(String key, Measurements floor) {
      return median(key) / floor.median(key);
    }

    double median(String key) {
      double[] sorted = all(key).stream().mapToDouble(Double::parseDouble).sorted().toArray();
      return sorted.length == 0
          ? Double.NaN
          : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
  }
}
