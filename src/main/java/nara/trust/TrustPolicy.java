package nara.trust;

import java.util.Optional;
import nara.event.Verdict;

/** Which verdicts are merged. */
public enum TrustPolicy {
  /** Everything well formed, as the reference does; verdicts are only counted. */
  REFERENCE,
  /** What is valid or unsigned; unknown emitters wait until their key is learned. */
  VERIFIED,
  /** What is valid only; unknown emitters wait until their key is learned. */
  STRICT;

  /** What the policy does with an event. */
  public enum Action {
    MERGE,
    QUARANTINE,
    REJECT
  }

  /** What is done with an event of that verdict. */
  public Action action(Verdict verdict) {
    return switch (this) {
      case REFERENCE -> verdict == Verdict.MALFORMED ? Action.REJECT : Action.MERGE;
      case VERIFIED -> action(verdict, verdict == Verdict.UNSIGNED);
      case STRICT -> action(verdict, false);
    };
  }

  private static Action action(Verdict verdict, boolean alsoMerged) {
    if (verdict == Verdict.VALID || alsoMerged) {
      return Action.MERGE;
    }
    return verdict == Verdict.UNKNOWN_EMITTER ? Action.QUARANTINE : Action.REJECT;
  }

  /** The policy of that name in configuration, in lower case. */
  public static Optional<TrustPolicy> named(String name) {
    for (TrustPolicy policy : values()) {
      if (policy.label().equals(name)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
