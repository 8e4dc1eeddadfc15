package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Optional;

/** The rules that a journey must follow, beside its signatures. Pure. */
final class RelayRules {
  private RelayRules() {}

  /** Checks what costs nothing, before the hops are verified. */
  static Optional<Refusal> checkForm(Journey journey, String me) {
    if (journey.id().getBytes(UTF_8).length < JourneyLimits.MIN_ID_BYTES) {
      return refuse("short_id", "the id has fewer than 8 bytes");
    }
    if (journey.id().length() > JourneyLimits.MAX_ID_LENGTH) {
      return refuse("long_id", "the id is too long");
    }
    if (journey.originator().isEmpty()) {
      return refuse("no_originator", "the journey has no originator");
    }
    // One place is for the hop of this node, and one for the originator's.
    if (journey.hops().size() > JourneyLimits.MAX_HOPS - 2) {
      return refuse("too_many_hops", "the journey has too many hops");
    }
    if (journey.hasVisited(me)) {
      return refuse("visited", "this nara has signed the journey already");
    }
    return journey.hasVisited(journey.originator())
        ? refuse("complete", "the journey is complete already")
        : Optional.empty();
  }

  /** Checks whether the sender of the request may send the journey. */
  static Optional<Refusal> checkSender(Journey journey, String sender) {
    return journey.lastNara().equals(sender)
        ? Optional.empty()
        : refuse("other_sender", "the sender is not the last hop");
  }

  /** Checks the times of verified hops. */
  static Optional<Refusal> checkTimes(Journey journey, Instant now) {
    long earliest = now.minus(JourneyLimits.MAX_HOP_AGE).getEpochSecond();
    long latest = now.plus(JourneyLimits.MAX_HOP_AHEAD).getEpochSecond();
    return journey.hops().stream()
            .allMatch(hop -> hop.timestamp() >= earliest && hop.timestamp() <= latest)
        ? Optional.empty()
        : refuse("wrong_time", "the time of a hop is too far from now");
  }

  private static Optional<Refusal> refuse(String kind, String text) {
    return Optional.of(Refusal.badRequest(kind, text));
  }
}
