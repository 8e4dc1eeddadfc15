package nara.status;

import java.util.Map;

/**
 * The recoveries since the start.
 *
 * @param callsCompleted of the rung that runs
 * @param callsPlanned of that rung, so far
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
    Map<String, Long> finished,
    long requests,
    long failures,
    long bytes,
    long received,
    Map<String, Long> eventsByResult) {}
