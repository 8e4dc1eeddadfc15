package nara.trust;

import java.util.Set;
import nara.event.ReadResult;
import nara.event.Verdict;

/**
 * What was found out about one offered event.
 *
 * @param readResult what was judged
 * @param verdict what may be said of it
 * @param reason why it is not better, in words for a person; empty when there is nothing to add
 * @param missingKeys of an {@link Verdict#UNKNOWN_EMITTER}: the emitter's name, or the ids of the
 *     voters, whose keys would allow a verdict
 */
public record VerificationResult(
    ReadResult readResult, Verdict verdict, String reason, Set<String> missingKeys) {

  static VerificationResult of(ReadResult readResult, Verdict verdict, String reason) {
    return new VerificationResult(readResult, verdict, reason, Set.of());
  }
}
