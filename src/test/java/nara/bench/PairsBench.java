package nara.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one benchmark in two checkouts that take turns, so that other programs disturb both alike.
 * The order changes with each round. Prints the medians side by side.
 */
public final class PairsBench {
  private static final String USAGE =
      """
      usage: scripts/bench pairs OLD NEW ROUNDS NAME [arguments]
      Runs scripts/bench NAME in the checkouts OLD and NEW, which take turns. Prints the medians of
      their ratios: A is OLD, B is NEW. For two commits, make a checkout of one:
        git worktree add ../old COMMIT && scripts/bench pairs ../old . 3 intake
      """;

  private PairsBench() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 4 || !args[2].matches("[1-9][0-9]?")) {
      System.out.print(USAGE);
      System.exit(args.length == 1 && args[0].equals("--help") ? 0 : 2);
    }
    List<Path> checkouts = List.of(Path.of(args[0]), Path.of(args[1]));
    List<String> benchmark = List.of(args).subList(3, args.length);
    List<List<Map<String, Double>>> figures = List.of(new ArrayList<>(), new ArrayList<>());
    int rounds = Integer.parseInt(args[2]);
    for (int turn = 0; turn < 2 * rounds; turn++) {
      int which = turn % 4 == 0 || turn % 4 == 3 ? 0 : 1;
      Path checkout = checkouts.get(which).toAbsolutePath().normalize();
      System.out.printf("%n== %s, round %d ==%n", checkout, turn / 2 + 1);
      List<String> command = new ArrayList<>();
      command.add(checkout.resolve("scripts/bench").toString());
      command.addAll(benchmark);
      if (!Files.isExecutable(Path.of(command.getFirst()))) {
        throw new IOException(command.getFirst() + " is not there");
      }
      figures.get(which).add(Figures.of(new ProcessBuilder(command)));
    }
    System.out.printf("%n== medians of %d rounds ==%n", rounds);
    CompareBench.printChanges(medians(figures.get(0)), medians(figures.get(1)));
  }

  /** The median of each figure that all rounds have. */
  static Map<String, Double> medians(List<Map<String, Double>> rounds) {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (String name : rounds.getFirst().keySet()) {
      double[] values =
          rounds.stream()
              .filter(round -> round.containsKey(name))
              .mapToDouble(round -> round.get(name))
              .sorted()
              .toArray();
      if (values.length == rounds.size()) {
        medians.put(name, (values[(values.length - 1) / 2] + values[values.length / 2]) / 2);
      }
    }
    return medians;
  }
}
