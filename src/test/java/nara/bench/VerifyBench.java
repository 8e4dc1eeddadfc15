package nara.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import nara.trust.ParallelVerifier;
import nara.trust.SignatureCheck;
import nara.trust.Signed;
import nara.trust.TableVerifier;
import nara.trust.Verifier;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import nara.trust.ed25519.Ed25519;

/**
 * Signatures verified a second, all implementations in one run: they take turns, round after round,
 * so that what the machine does meanwhile happens to all of them. The median round is printed.
 */
public final class VerifyBench {
  /** One row of the table: what runs, cold or warm, and what it measured. */
  private static final class Row {
    private final String name;
    private final String memory;
    private final boolean cold;
    private final Supplier<Verifier> maker;
    private final List<Double> one = new ArrayList<>();
    private final List<Double> all = new ArrayList<>();

    Row(String name, String memory, boolean cold, Supplier<Verifier> maker) {
      this.name = name;
      this.memory = memory;
      this.cold = cold;
      Verifier kept = maker.get();
      this.maker = cold ? maker : () -> kept;
    }
  }

  private static final int BATCH = 2_000;

  private VerifyBench() {}

  public static void main(String[] args) {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println("usage: scripts/bench verify [SIGNATURES [KEYS [ROUNDS]]]   (50000 40 5)");
      return;
    }
    int signatures = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int keys = args.length > 1 ? Integer.parseInt(args[1]) : 40;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    int cores = Runtime.getRuntime().availableProcessors();
    List<SignatureCheck> checks = new Signed(keys, 1).next(signatures);
    List<Row> rows = rows(keys);
    try (ExecutorService executor = Executors.newFixedThreadPool(cores)) {
      // The first two rounds are for the compiler, and are not counted.
      for (int round = -2; round < rounds; round++) {
        for (Row row : rows) {
          double one = rate(row.maker.get(), row.cold, checks);
          double all =
              rate(new ParallelVerifier(row.maker.get(), executor, cores), row.cold, checks);
          if (round >= 0) {
            row.one.add(one);
            row.all.add(all);
          }
        }
      }
    }
    print(rows, signatures, keys, rounds, cores);
  }

  private static List<Row> rows(int keys) {
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("jdk", "bouncycastle", "corretto")) {
      if (Verifiers.choose(name, 0) instanceof VerifierChoice.Chosen chosen) {
        rows.add(new Row(name, "", false, chosen::verifier));
      }
    }
    rows.add(new Row("no tables", "0 KB", false, () -> new TableVerifier(0)));
    for (int width : new int[] {5, 6, 7, 8, 10}) {
      String memory = Ed25519.tableBytes(width) / 1000 + " KB";
      Supplier<Verifier> maker = () -> new TableVerifier(width, keys, TableVerifier.THRESHOLD);
      rows.add(new Row("tables, " + width + " bits, cold", memory, true, maker));
      rows.add(new Row("tables, " + width + " bits, warm", memory, false, maker));
    }
    return rows;
  }

  /**
   * Signatures a second: of all of them when cold, else of as many as half a second is enough for.
   */
  private static double rate(Verifier verifier, boolean toTheEnd, List<SignatureCheck> checks) {
    long start = System.nanoTime();
    int done = 0;
    while (done < checks.size() && (toTheEnd || System.nanoTime() - start < 500_000_000L)) {
      int to = Math.min(checks.size(), done + BATCH);
      for (boolean answer : verifier.verify(checks.subList(done, to))) {
        if (!answer) {
          throw new IllegalStateException(verifier.name() + " refused a good signature");
        }
      }
      done = to;
    }
    return done * 1e9 / (System.nanoTime() - start);
  }

  private static void print(List<Row> rows, int signatures, int keys, int rounds, int cores) {
    System.out.printf(
        Locale.ROOT,
        "%,d signatures by %d keys, median of %d rounds, JDK %s, %s%n%n",
        signatures,
        keys,
        rounds,
        Runtime.version(),
        System.getProperty("os.arch"));
    double one = reference(rows, false);
    double all = reference(rows, true);
    String line = "%-24s %10s %12s %9s %14s %9s%n";
    System.out.printf(
        line, "verifier", "a key", "1 thread/s", "corretto", cores + " threads/s", "corretto");
    for (Row row : rows) {
      System.out.printf(
          line,
          row.name,
          row.memory,
          String.format(Locale.ROOT, "%,.0f", median(row.one)),
          ratio(median(row.one), one),
          String.format(Locale.ROOT, "%,.0f", median(row.all)),
          ratio(median(row.all), all));
    }
  }

  private static double reference(List<Row> rows, boolean all) {
    return rows.stream()
        .filter(row -> row.name.equals("corretto"))
        .mapToDouble(row -> median(all ? row.all : row.one))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static String ratio(double rate, double reference) {
    return Double.isNaN(reference) ? "-" : String.format(Locale.ROOT, "%.2f x", rate / reference);
  }

  private static double median(List<Double> rates) {
    List<Double> sorted = rates.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
