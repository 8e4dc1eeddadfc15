package nara.simulation;

import java.util.List;

/** Runs one seed for callers that see only types of the JDK, as through another class loader. */
public final class SeedCheck {
  private SeedCheck() {}

  /** What failed, in sentences. */
  public static List<String> failures(long seed) {
    return SimulationRun.run(seed).failures();
  }
}
