package nara.journey;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * A request to {@link JourneyVerticle}.
 *
 * @param <R> the type of the reply
 */
public sealed interface JourneyRequest<R extends BusMessage> extends Request<R> {
  /** The bus address of the journey verticle. */
  String ADDRESS = "nara.journey";

  /** Starts a journey; the reply comes when the first nara has taken it. */
  record StartJourney(String message) implements JourneyRequest<StartOutcome> {}

  /** The reply to {@link StartJourney}. */
  sealed interface StartOutcome extends BusMessage {}

  /** The first nara has taken the journey. */
  record Started(Journey journey) implements StartOutcome {}

  /**
   * No journey is under way.
   *
   * @param status the HTTP status that says so
   */
  record NotStarted(int status, String reason) implements StartOutcome {}

  /** Asks for the latest journeys that this node has started. */
  record ListOwnJourneys() implements JourneyRequest<OwnJourneys> {}

  /** The reply: the newest first. */
  record OwnJourneys(List<OwnJourney> journeys) implements BusMessage {}

  /**
   * A journey that this node has started.
   *
   * @param journey with its hops once it is back
   */
  record OwnJourney(Journey journey, Instant startedAt, OwnState state) {}

  /** The state of an own journey. */
  enum OwnState {
    UNDER_WAY,
    COMPLETE,
    /** It was not back after five minutes. It may still come. */
    LOST
  }

  /** Asks for the counters. */
  record GetJourneyCounts() implements JourneyRequest<JourneyCounts> {}

  /**
   * The counters since the start.
   *
   * @param pending journeys of others that are under way now
   * @param counts passed, forwarded, completed and others, by name
   * @param refused journeys of others by reason
   */
  record JourneyCounts(int pending, Map<String, Long> counts, Map<String, Long> refused)
      implements BusMessage {}
}
