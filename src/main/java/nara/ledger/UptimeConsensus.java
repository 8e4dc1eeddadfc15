package nara.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What observers agree on when each is weighed by how long it has been up: values close to each
 * other stand together, and the heaviest group that is not alone with its opinion wins.
 */
public final class UptimeConsensus {
  private UptimeConsensus() {}

  /**
   * What one observer says.
   *
   * @param value what it reports
   * @param weight its uptime in seconds
   */
  public record WeightedReport(long value, long weight) {}

  /**
   * The value agreed on: the upper median of the winning group; empty when nobody says anything. A
   * group reaches from its lowest value as far as the tolerance. Groups of one count only when
   * there are no others. Of equally heavy ones the one of lower values wins.
   *
   * @param tolerance how far apart two values of one group may be
   */
  public static Optional<Long> of(List<WeightedReport> reports, long tolerance) {
    List<WeightedReport> sorted = new ArrayList<>(reports);
    sorted.sort(
        Comparator.comparingLong(WeightedReport::value).thenComparingLong(WeightedReport::weight));
    List<WeightedReport> best = List.of();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      if (to == sorted.size() || sorted.get(to).value - sorted.get(from).value > tolerance) {
        List<WeightedReport> group = sorted.subList(from, to);
        if (best.isEmpty() || isBetter(group, best)) {
          best = group;
        }
        from = to;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best.get(best.size() / 2).value);
  }

  private static boolean isBetter(List<WeightedReport> group, List<WeightedReport> best) {
    boolean alone = group.size() == 1;
    boolean bestAlone = best.size() == 1;
    return alone == bestAlone ? weight(group) > weight(best) : bestAlone;
  }

  private static double weight(List<WeightedReport> group) {
    return group.stream().mapToDouble(WeightedReport::weight).sum();
  }
}
