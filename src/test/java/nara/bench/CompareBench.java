package nara.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Prints the ratios of two files of {@link AllBench} side by side. It measures nothing. */
public final class CompareBench {
  private static final String USAGE =
      """
      usage: scripts/bench compare A B
      Prints the ratios of two files of scripts/bench all side by side, with the change from A to B.
      Exit code: 0, or 1 when the files cannot be compared; the reasons are printed.
      """;

  private CompareBench() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.out.print(USAGE);
      System.exit(args.length == 1 && args[0].equals("--help") ? 0 : 2);
    }
    BenchFile a = BenchFile.read(Path.of(args[0]));
    BenchFile b = BenchFile.read(Path.of(args[1]));
    describe("A", a);
    describe("B", b);
    System.out.println();
    printChanges(a.ratios(), b.ratios());
    List<String> obstacles = BenchFile.obstacles(a, b);
    if (!obstacles.isEmpty()) {
      System.out.println("\nA and B CANNOT be compared. The changes may have these causes:");
      obstacles.forEach(obstacle -> System.out.println("- " + obstacle));
      System.exit(1);
    }
  }

  private static void describe(String name, BenchFile file) {
    System.out.printf(
        Locale.ROOT,
        "%s: %s %s%s; load %.1f before, %.1f after%s%n   %s; JDK %s%n",
        name,
        file.started(),
        file.commit(),
        file.clean() ? "" : " with changes",
        file.loadBefore(),
        file.loadAfter(),
        file.others() < 0 ? "" : "; others used %.0f %%".formatted(100 * file.others()),
        file.machine(),
        file.jdk());
  }

  /** One line for each figure that one of them has. */
  static void printChanges(Map<String, Double> a, Map<String, Double> b) {
    Map<String, double[]> rows = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>(a.keySet());
    names.addAll(b.keySet());
    for (String name : names) {
      rows.put(
          name, new double[] {a.getOrDefault(name, Double.NaN), b.getOrDefault(name, Double.NaN)});
    }
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    System.out.printf("%-" + Math.max(1, width) + "s %12s %12s %9s%n", "", "A", "B", "change");
    rows.forEach(
        (name, values) ->
            System.out.printf(
                "%-" + width + "s %12s %12s %9s%n",
                name,
                text("%,.3f", values[0]),
                text("%,.3f", values[1]),
                text("%+.1f %%", 100 * (values[1] / values[0] - 1))));
  }

  private static String text(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
  }
}
