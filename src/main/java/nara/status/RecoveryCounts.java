package nara.status;

import java.util.Map;
import java.util.OptionalLong;

/**
 * The recoveries since the start.
 *
 * @param callsCompleted of the rung that runs
 * @param callsPlanned of that rung, so far
 * @param remainingEvents of that rung, at least; empty while this is unknown
 * @param finished recoveries by outcome
 * @param requests to neighbours, of all recoveries
 * @param failures of these requests
 * @param bytes received
 * @param received events
 * @param eventsByResult {@code merged}, {@code duplicate}, {@code rejected}, {@code pruned}
 */
public record RecoveryCounts(
    int callsCompleted,
    int callsPlanned,
    OptionalLong remainingEvents,
    Map<String, Long> finished,
    long requests,
    long failures,
    long bytes,
    long received,
    Map<String, Long> eventsByResult) {}
