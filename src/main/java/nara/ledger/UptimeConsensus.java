package nara.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The value that observers agree on, each weighed by its uptime. Values close to each other form a
 * group, and the heaviest group of at least two wins.
 */
public final class UptimeConsensus {
  private UptimeConsensus() {}

  /** A reported value, weighed by the observer's uptime in seconds. */
  public record WeightedReport(long value, long weight) {}

  /**
   * The upper median of the winning group; empty without reports. A group extends from its lowest
   * value by the tolerance. A group of one counts only when there is no larger one. Of equally
   * heavy groups, the one with the lower values wins.
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
    boolean bestIsSingle = best.size() == 1;
    return (group.size() == 1) == bestIsSingle ? weight(group) > weight(best) : bestIsSingle;
  }

  private static double weight(List<WeightedReport> group) {
    return group.stream().mapToDouble(WeightedReport::weight).sum();
  }
}
