package nara.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.bench.BenchHistory.Spread;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Guards what a recovery costs, in counts that hardly depend on the machine: four neighbours in
 * another process hold a history, and a process that just started recovers it over sockets.
 *
 * <p>Each bound is a few percent above the counts of more than ten recoveries on a busy machine.
 * The recovering process has the JVM's first compiler only: the second one removes allocations, but
 * each time others. Methods compiled are not counted, since their number follows the load of the
 * machine. Nothing is counted when a request failed: on a machine so busy that neighbours stall,
 * the plan rightly asks others. {@code FetchCountTest} has the counts of larger histories, exactly
 * the same on every machine.
 */
class RecoveryCountsIT {
  private static final int EVENTS = 20_000;
  private static final int NEIGHBOURS = 4;
  private static final String FAST_COMPILER = "-XX:TieredStopAtLevel=1";

  /** These sentences tell in the message of a failure where a figure comes from. */
  private static final String PLAN =
      "Look at nara.recovery.pages: ranges fetched twice, probes, spot checks.";

  private static final String INTAKE =
      "Look at scripts/bench intake, which has the bytes of each step, and at nara.mesh.client.";

  private static final String START =
      "Look at what a start loads: NARA_JAVA_OPTS=-Xlog:class+load scripts/nara recover ...";

  private static final Neighbours neighbours =
      new Neighbours(NEIGHBOURS, "-Xmx1g", "-XX:+UseSerialGC", FAST_COMPILER);

  @AfterAll
  static void stopNeighbours() {
    neighbours.close();
  }

  @Test
  void events_that_all_neighbours_hold_are_fetched_once() throws IOException {
    Map<String, String> recovery = recover(Spread.EQUAL);

    // Measured: 1.0416 fetched, 489.8 bytes and 13,170 allocated for each event; 38 requests.
    assertAtMost(1.06 * EVENTS, "fetched", recovery, PLAN);
    assertAtMost(505.0 * EVENTS, "bytes", recovery, PLAN);
    assertAtMost(41, "requests", recovery, PLAN);
    assertAtMost(13_850.0 * EVENTS, "allocated", recovery, INTAKE);
    // Measured with JDK 25: 7,519 to 7,586. Another JDK has other classes of its own.
    if (Runtime.version().feature() == 25) {
      assertAtMost(7_900, "classes", recovery, START);
    }
  }

  @Test
  void events_that_two_neighbours_hold_are_fetched_from_as_few_as_possible() throws IOException {
    Map<String, String> recovery = recover(Spread.TWICE);

    // Measured: 1.576 fetched, 738.8 bytes and 14,390 allocated; 70 requests.
    assertAtMost(1.61 * EVENTS, "fetched", recovery, PLAN);
    assertAtMost(757.0 * EVENTS, "bytes", recovery, PLAN);
    assertAtMost(75, "requests", recovery, PLAN);
    assertAtMost(15_100.0 * EVENTS, "allocated", recovery, INTAKE);
  }

  private static Map<String, String> recover(Spread spread) throws IOException {
    List<Object> command = new ArrayList<>(List.of("recover", EVENTS));
    command.addAll(neighbours.hold(BenchHistory.file(EVENTS), spread, NEIGHBOURS));
    try (WorkerProcess process = WorkerProcess.start("-Xms256m", "-Xmx1g", FAST_COMPILER)) {
      Map<String, String> recovery = process.request(command.toArray());
      assumeTrue(
          recovery.get("failures").equals("0") && recovery.get("outcome").equals("complete"),
          () -> "The machine is too busy to count: requests failed: " + recovery);
      assertThat(Integer.parseInt(recovery.get("held"))).isGreaterThanOrEqualTo(EVENTS);
      return recovery;
    }
  }

  private static void assertAtMost(
      double bound, String figure, Map<String, String> recovery, String where) {
    double value = Double.parseDouble(recovery.get(figure));
    assertThat(value)
        .as(
            "%s in a recovery of %,d events: %,.0f (%.3f per event), at most %,.0f. %s",
            figure, EVENTS, value, value / EVENTS, bound, where)
        .isLessThanOrEqualTo(bound);
  }
}
