package nara.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nara.event.Event;
import nara.event.Observation;

/**
 * The visible observations that a node does not record again, by their statement. Restarts state
 * the same when subject, number and start time are equal; a first-seen is recorded once per
 * observer and subject.
 */
final class RecordedObservations {
  private record Restart(String subject, long number, long startTime) {}

  private record FirstSeen(String observer, String subject) {}

  /** How many visible events make each statement. */
  private final Map<Record, Integer> counts = new HashMap<>();

  void add(Event event) {
    statement(event).ifPresent(statement -> counts.merge(statement, 1, Integer::sum));
  }

  void remove(Event event) {
    statement(event).ifPresent(s -> counts.computeIfPresent(s, (same, n) -> n == 1 ? null : n - 1));
  }

  boolean contains(Event event) {
    return statement(event).filter(counts::containsKey).isPresent();
  }

  private static Optional<Record> statement(Event event) {
    if (!(event.payload() instanceof Observation o)) {
      return Optional.empty();
    }
    return switch (o.type()) {
      case Observation.RESTART ->
          Optional.of(new Restart(o.subject(), o.restartNum(), o.startTime()));
      case Observation.FIRST_SEEN -> Optional.of(new FirstSeen(o.observer(), o.subject()));
      default -> Optional.empty();
    };
  }
}
