package nara.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import nara.trust.ed25519.Ed25519;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;
import nara.trust.verifier.TestSignatures;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;

/**
 * Signatures verified a second, all implementations in one run: they take turns, round after round,
 * so that what the machine does meanwhile happens to all of them. The median round is printed. One
 * thread is measured by its own processor time, so that other processes cost it less; all threads
 * by the clock.
 */
public final class VerifyBench {
  /** One row of the table: what runs, cold or warm, and what it measured. */
  private static final class VerifierResult {
    private final String name;
    private final String memory;
    private final boolean cold;
    private final Supplier<SignatureVerifier> maker;
    private final List<Double> one = new ArrayList<>();
    private final List<Double> all = new ArrayList<>();

    VerifierResult(String name, String memory, boolean cold, Supplier<SignatureVerifier> maker) {
      this.name = name;
      this.memory = memory;
      this.cold = cold;
      SignatureVerifier kept = maker.get();
      this.maker = cold ? maker : () -> kept;
    }
  }

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int BATCH = 2_000;

  private VerifyBench() {}

  public static void main(String[] args) throws IOException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println("usage: scripts/bench verify [SIGNATURES [KEYS [ROUNDS]]]   (50000 40 5)");
      return;
    }
    int signatures = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int keys = args.length > 1 ? Integer.parseInt(args[1]) : 40;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    int cores = Runtime.getRuntime().availableProcessors();
    List<SignatureCheck> checks = new TestSignatures(keys, 1).next(signatures);
    List<VerifierResult> verifierResults = rows(keys);
    try (ExecutorService executor = Executors.newFixedThreadPool(cores)) {
      // The first two rounds are for the compiler, and are not counted.
      for (int round = -2; round < rounds; round++) {
        for (VerifierResult result : verifierResults) {
          double one =
              rate(result.maker.get(), result.cold, checks, THREADS::getCurrentThreadCpuTime);
          double all =
              rate(
                  new ParallelVerifier(result.maker.get(), executor, cores),
                  result.cold,
                  checks,
                  System::nanoTime);
          if (round >= 0) {
            result.one.add(one);
            result.all.add(all);
          }
        }
      }
    }
    Figures figures = new Figures();
    print(verifierResults, signatures, keys, rounds, cores, figures);
    figures.save();
  }

  private static List<VerifierResult> rows(int keys) {
    List<VerifierResult> verifierResults = new ArrayList<>();
    for (String name : List.of("jdk", "bouncycastle", "corretto")) {
      if (Verifiers.choose(name, 0) instanceof VerifierChoice.Available available) {
        verifierResults.add(new VerifierResult(name, "", false, available::signatureVerifier));
      }
    }
    verifierResults.add(new VerifierResult("no tables", "0 KB", false, () -> new TableVerifier(0)));
    for (int width : new int[] {5, 6, 7, 8, 10}) {
      String memory = Ed25519.tableBytes(width) / 1000 + " KB";
      Supplier<SignatureVerifier> maker =
          () -> new TableVerifier(width, keys, TableVerifier.TABLE_THRESHOLD);
      verifierResults.add(
          new VerifierResult("tables, " + width + " bits, cold", memory, true, maker));
      verifierResults.add(
          new VerifierResult("tables, " + width + " bits, warm", memory, false, maker));
    }
    return verifierResults;
  }

  /**
   * Signatures a second: of all of them when cold, else of as many as half a second is enough for.
   */
  private static double rate(
      SignatureVerifier verifier,
      boolean toTheEnd,
      List<SignatureCheck> checks,
      LongSupplier clock) {
    long start = clock.getAsLong();
    int done = 0;
    while (done < checks.size() && (toTheEnd || clock.getAsLong() - start < 500_000_000L)) {
      int to = Math.min(checks.size(), done + BATCH);
      for (boolean answer : verifier.verify(checks.subList(done, to))) {
        if (!answer) {
          throw new IllegalStateException(verifier.name() + " refused a good signature");
        }
      }
      done = to;
    }
    return done * 1e9 / (clock.getAsLong() - start);
  }

  private static void print(
      List<VerifierResult> verifierResults,
      int signatures,
      int keys,
      int rounds,
      int cores,
      Figures figures) {
    System.out.printf(
        Locale.ROOT,
        "%,d signatures by %d keys, median of %d rounds, JDK %s, %s%n%n",
        signatures,
        keys,
        rounds,
        Runtime.version(),
        System.getProperty("os.arch"));
    double one = reference(verifierResults, false);
    double all = reference(verifierResults, true);
    String line = "%-24s %10s %12s %9s %14s %9s%n";
    System.out.printf(
        line, "verifier", "a key", "1 thread/s", "corretto", cores + " threads/s", "corretto");
    for (VerifierResult result : verifierResults) {
      System.out.printf(
          line,
          result.name,
          result.memory,
          String.format(Locale.ROOT, "%,.0f", median(result.one)),
          ratio(median(result.one), one),
          String.format(Locale.ROOT, "%,.0f", median(result.all)),
          ratio(median(result.all), all));
      figures.add(result.name + ", 1 thread ÷ corretto", median(result.one) / one);
      figures.add(result.name + ", all cores ÷ corretto", median(result.all) / all);
    }
  }

  private static double reference(List<VerifierResult> verifierResults, boolean all) {
    return verifierResults.stream()
        .filter(result -> result.name.equals("corretto"))
        .mapToDouble(result -> median(all ? result.all : result.one))
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
