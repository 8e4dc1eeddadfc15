package nara.journey;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.BoundedMap;
import nara.journey.JourneyRequest.OwnJourney;
import nara.journey.JourneyRequest.OwnState;

/**
 * The journeys that this node signed or started and that are not back yet, and the latest own ones.
 *
 * <p>Pure: the time comes in. Not thread-safe.
 */
final class OpenJourneys {
  private record Passing(String originator, Instant since) {}

  /** Journeys that this node has signed for others, oldest first, by key. */
  private final Map<String, Passing> passing = new LinkedHashMap<>();

  /** Journeys that this node has started, oldest first, by key. */
  private final Map<String, OwnJourney> own = BoundedMap.fifo(JourneyLimits.KEPT);

  /** Keys of all journeys that this node has signed. */
  private final Map<String, Boolean> signed = BoundedMap.fifo(JourneyLimits.REMEMBERED);

  // Own journeys.

  void start(Journey journey, Instant now) {
    own.put(journey.key(), new OwnJourney(journey, now, OwnState.UNDER_WAY));
  }

  /** Forgets an own journey that nobody took; returns false when it is complete nevertheless. */
  boolean cancel(Journey journey) {
    OwnJourney started = own.get(journey.key());
    return started == null
        || started.state() != OwnState.COMPLETE && own.remove(journey.key()) != null;
  }

  /** The own journeys, the newest first. */
  List<OwnJourney> own() {
    return List.copyOf(own.values()).reversed();
  }

  // Journeys that arrive.

  /** Why this journey cannot be taken now; {@code originator} is whether this node started it. */
  Optional<Refusal> check(Journey journey, boolean originator) {
    if (originator) {
      OwnJourney started = own.get(journey.key());
      return started == null
          ? Optional.of(Refusal.badRequest("not_started", "this nara did not start the journey"))
          : started.state() == OwnState.COMPLETE
              ? Optional.of(Refusal.badRequest("complete", "the journey is complete already"))
              : Optional.empty();
    }
    if (signed.containsKey(journey.key())) {
      return Optional.of(Refusal.badRequest("repeated", "the journey was here before"));
    }
    return passing.size() >= JourneyLimits.PENDING
        ? Optional.of(new Refusal(503, "too many journeys are under way", "full"))
        : Optional.empty();
  }

  /** Notes that this node has signed a journey of another nara. */
  void pass(Journey journey, Instant now) {
    signed.put(journey.key(), true);
    passing.put(journey.key(), new Passing(journey.originator(), now));
  }

  /** Notes that an own journey is back with all its hops. */
  void complete(Journey journey) {
    OwnJourney started = own.get(journey.key());
    own.put(journey.key(), new OwnJourney(journey, started.startedAt(), OwnState.COMPLETE));
  }

  // Journeys that end elsewhere.

  /** Whether this node has signed the journey and waits for its completion. */
  boolean isPassing(Journey journey) {
    return passing.containsKey(journey.key());
  }

  /** Ends the wait for a journey of another nara; true when it was pending. */
  boolean endPassing(Journey journey) {
    return passing.remove(journey.key()) != null;
  }

  /** Forgets lost journeys, and returns the originators of those of others. */
  List<String> expire(Instant now) {
    Instant oldest = now.minus(JourneyLimits.TIMEOUT);
    own.replaceAll(
        (key, journey) ->
            journey.state() == OwnState.UNDER_WAY && journey.startedAt().isBefore(oldest)
                ? new OwnJourney(journey.journey(), journey.startedAt(), OwnState.LOST)
                : journey);
    List<String> lost = new ArrayList<>();
    passing
        .values()
        .removeIf(
            pending -> {
              boolean expired = pending.since().isBefore(oldest);
              if (expired) {
                lost.add(pending.originator());
              }
              return expired;
            });
    return lost;
  }

  int pending() {
    return passing.size();
  }
}
