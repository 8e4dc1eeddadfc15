package nara.trust;

import java.util.Set;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.Voters;

/**
 * The verdict on one offered event.
 *
 * @param readResult the event, as far as it could be parsed
 * @param reason why the verdict is not better, for people; empty when there is nothing to add
 * @param missingKeys of an {@link Verdict#UNKNOWN_EMITTER}: the emitter's name, or the ids of the
 *     voters, whose keys would allow a verdict
 * @param voters of a checkpoint, the voters whose votes are valid
 */
public record VerificationResult(
    ReadResult readResult, Verdict verdict, String reason, Set<String> missingKeys, Voters voters) {

  /** The result for an event that is no checkpoint. */
  VerificationResult(
      ReadResult readResult, Verdict verdict, String reason, Set<String> missingKeys) {
    this(readResult, verdict, reason, missingKeys, Voters.UNEXAMINED);
  }

  static VerificationResult of(ReadResult result, Verdict verdict, String reason) {
    return new VerificationResult(result, verdict, reason, Set.of());
  }

  /** The same result with these voters. */
  VerificationResult with(Voters other) {
    return new VerificationResult(readResult, verdict, reason, missingKeys, other);
  }

  /** The event; every verdict but {@link Verdict#MALFORMED} has one. */
  public Event event() {
    return ((ReadResult.ParsedEvent) readResult).event();
  }
}
