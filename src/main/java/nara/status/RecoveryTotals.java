package nara.status;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;

/**
 * Sums of all recoveries since the start, from their reports. They never decrease, although a
 * report can: events that lose their key are withdrawn from it.
 */
final class RecoveryTotals {
  private Sums earlier = Sums.NONE;
  private Sums latest = Sums.NONE;
  private String startedAt = "";
  private int callsCompleted;
  private int callsPlanned;
  private OptionalLong remainingEvents = OptionalLong.empty();
  private final Map<String, Long> finished = new TreeMap<>();

  /**
   * The sums.
   *
   * @param requests to neighbours
   * @param failures requests that failed
   * @param bytes received
   * @param events received
   */
  record Sums(
      long requests,
      long failures,
      long bytes,
      long events,
      long merged,
      long duplicate,
      long rejected,
      long pruned) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0);

    static Sums of(Report report) {
      long requests = 0;
      long failures = 0;
      long bytes = 0;
      for (Report.NeighbourTotals neighbour : report.neighbours()) {
        requests += neighbour.requests();
        failures += neighbour.failures();
        bytes += neighbour.bytes();
      }
      Report.EventTotals events = report.eventTotals();
      return new Sums(
          requests,
          failures,
          bytes,
          events.received(),
          events.merged(),
          events.duplicate(),
          events.rejected(),
          events.pruned());
    }

    Sums plus(Sums other) {
      return new Sums(
          requests + other.requests,
          failures + other.failures,
          bytes + other.bytes,
          events + other.events,
          merged + other.merged,
          duplicate + other.duplicate,
          rejected + other.rejected,
          pruned + other.pruned);
    }

    Sums max(Sums other) {
      return new Sums(
          Math.max(requests, other.requests),
          Math.max(failures, other.failures),
          Math.max(bytes, other.bytes),
          Math.max(events, other.events),
          Math.max(merged, other.merged),
          Math.max(duplicate, other.duplicate),
          Math.max(rejected, other.rejected),
          Math.max(pruned, other.pruned));
    }
  }

  void onProgress(RecoveryProgressed progress) {
    callsCompleted = progress.callsCompleted();
    callsPlanned = progress.callsPlanned();
    remainingEvents = progress.remainingEvents();
    onReport(progress.report());
  }

  void onFinished(Report report) {
    callsCompleted = 0;
    callsPlanned = 0;
    remainingEvents = OptionalLong.of(0);
    onReport(report);
    finished.merge(report.outcome(), 1L, Long::sum);
  }

  /** Takes a newer report of the recovery that runs or ran last. */
  void onReport(Report report) {
    if (!report.startedAt().equals(startedAt)) {
      earlier = earlier.plus(latest);
      latest = Sums.NONE;
      startedAt = report.startedAt();
    }
    latest = latest.max(Sums.of(report));
  }

  RecoveryCounts counts() {
    Sums all = earlier.plus(latest);
    return new RecoveryCounts(
        callsCompleted,
        callsPlanned,
        remainingEvents,
        Map.copyOf(finished),
        all.requests(),
        all.failures(),
        all.bytes(),
        all.events(),
        Map.of(
            "merged", all.merged(),
            "duplicate", all.duplicate(),
            "rejected", all.rejected(),
            "pruned", all.pruned()));
  }
}
