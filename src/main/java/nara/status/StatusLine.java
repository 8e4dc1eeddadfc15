package nara.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nara.discovery.Neighbour;

/** The line that a node logs from time to time. */
final class StatusLine {
  private StatusLine() {}

  /**
   * The facts of a status as {@code key=value}.
   *
   * @param before an earlier status, from which the rate of events counts; without it, the rate
   *     counts from the node's start
   * @param memory used bytes
   */
  static String of(NodeStatus now, Optional<NodeStatus> before, long memory) {
    return ("stage=\"%s\" received=%d to_come=%s neighbours_online=%d ledger_events=%d"
            + " events_per_second=%.0f memory_mb=%d")
        .formatted(
            now.recovery().map(current -> current.stage()).orElse("starting"),
            now.recovery().map(current -> current.report().eventTotals().received()).orElse(0),
            now.recoveries().remainingEvents().isPresent()
                ? Long.toString(now.recoveries().remainingEvents().getAsLong())
                : "unknown",
            now.neighbours().stream()
                .flatMap(list -> list.neighbours().stream())
                .filter(Neighbour::online)
                .count(),
            now.ledger().map(ledger -> ledger.total()).orElse(0),
            rate(before, now),
            memory >> 20);
  }

  private static double rate(Optional<NodeStatus> before, NodeStatus now) {
    Instant since = before.map(NodeStatus::at).orElse(now.facts().startedAt());
    double seconds = Duration.between(since, now.at()).toMillis() / 1e3;
    long events = received(now) - before.map(StatusLine::received).orElse(0L);
    return seconds <= 0 ? 0 : events / seconds;
  }

  private static long received(NodeStatus status) {
    return status.trust().map(trust -> trust.received()).orElse(0L);
  }
}
