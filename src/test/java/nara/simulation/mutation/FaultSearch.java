package nara.simulation.mutation;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import nara.simulation.SeedCheck;

/**
 * Tells which seeds find an old fault, for a new line in {@link OldFaultsTest}: {@code FaultSearch
 * INDEX SEED...}, or {@code FaultSearch INDEX FIRST-LAST}.
 */
final class FaultSearch {
  private FaultSearch() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Mutation fault =
        (Mutation) OldFaultsTest.faults().toList().get(Integer.parseInt(args[0])).get()[0];
    Method run = fault.load(SeedCheck.class.getName()).getMethod("failures", long.class);
    List<String> seeds = Arrays.asList(args).subList(1, args.length);
    for (long seed : seeds.stream().flatMapToLong(FaultSearch::range).toArray()) {
      Object found = run.invoke(null, seed);
      if (!found.equals(List.of())) {
        System.out.printf("%s: seed %d: %s%n", fault, seed, found);
      }
    }
  }

  private static LongStream range(String text) {
    String[] ends = text.split("-");
    return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
  }
}
