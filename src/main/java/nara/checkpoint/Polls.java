package nara.checkpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The proposals of others that this node votes on: each once, not too old, and not too many.
 *
 * <p>A nara has no more than two honest proposals a day, so its proposals must come in the order of
 * their moments and rounds, which also keeps an old one from being voted on again when somebody
 * publishes it anew. Proposals are entered when their signature is verified, so nobody uses up what
 * somebody else is granted.
 *
 * <p>Not safe for use from several threads.
 */
final class Polls {
  /**
   * How far the moment of a proposal may be from now, either way: clocks of small boards are
   * minutes off, and no judge takes an event that is further ahead.
   */
  static final Duration TOLERANCE = Duration.ofMinutes(10);

  /** Proposals of one nara within {@link #MEMORY}: two rounds, and those of a restart. */
  static final int MOST_EACH = 4;

  /** Proposals of all together within {@link #MEMORY}: each costs a signature and a message. */
  static final int MOST = 200;

  /** After this a proposal is forgotten: if it came again, it would be refused as stale. */
  static final Duration MEMORY = TOLERANCE.multipliedBy(2);

  private record Last(long asOfTime, int round, int count, Instant entered) {}

  private final Map<String, Last> bySubject = new HashMap<>();

  /** Why this node would not vote on it; empty when it would. */
  Optional<Refusal> refusal(Proposal proposal, Instant now) {
    Attestation own = proposal.attestation();
    if (!own.attester().equals(own.subject()) || !own.attesterId().equals(own.subjectId())) {
      return Optional.of(Refusal.NOT_ABOUT_ITSELF);
    }
    // The difference of two times that somebody else chose one of may be more than a long holds.
    long tolerance = TOLERANCE.toSeconds();
    if (own.asOfTime() < now.getEpochSecond() - tolerance
        || own.asOfTime() > now.getEpochSecond() + tolerance) {
      return Optional.of(Refusal.STALE);
    }
    bySubject.values().removeIf(last -> last.entered().plus(MEMORY).isBefore(now));
    Last last = bySubject.get(own.subjectId());
    if (last == null) {
      return all() >= MOST ? Optional.of(Refusal.TOO_MANY) : Optional.empty();
    }
    boolean later =
        own.asOfTime() > last.asOfTime()
            || own.asOfTime() == last.asOfTime() && proposal.round() > last.round();
    if (!later) {
      return Optional.of(Refusal.REPLAYED);
    }
    return last.count() >= MOST_EACH || all() >= MOST
        ? Optional.of(Refusal.TOO_MANY)
        : Optional.empty();
  }

  /**
   * Takes a proposal whose signature is verified.
   *
   * @return why this node does not vote on it; empty when it does
   */
  Optional<Refusal> enter(Proposal proposal, Instant now) {
    Optional<Refusal> refusal = refusal(proposal, now);
    if (refusal.isEmpty()) {
      Attestation own = proposal.attestation();
      Last last = bySubject.get(own.subjectId());
      int count = last == null ? 1 : last.count() + 1;
      bySubject.put(own.subjectId(), new Last(own.asOfTime(), proposal.round(), count, now));
    }
    return refusal;
  }

  private int all() {
    return bySubject.values().stream().mapToInt(Last::count).sum();
  }
}
