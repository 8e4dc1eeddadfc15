package nara.simulation.mutation;

import java.lang.reflect.Method;
import nara.simulation.SeedCheck;

/** Tells for each old fault the first seeds that find it. Usage: FaultSearch FAULT FROM COUNT. */
final class FaultSearch {
  private FaultSearch() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Mutation fault =
        (Mutation) OldFaultsTest.faults().toList().get(Integer.parseInt(args[0])).get()[0];
    Method run = fault.load(SeedCheck.class.getName()).getMethod("failures", long.class);
    long from = Long.parseLong(args[1]);
    for (long seed = from; seed < from + Long.parseLong(args[2]); seed++) {
      Object found = run.invoke(null, seed);
      if (!found.toString().equals("[]")) {
        System.out.printf("%s: seed %d: %s%n", fault, seed, found);
      }
    }
  }
}
