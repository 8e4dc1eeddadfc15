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
  public enum Fate {
    MERGE,
    WAIT,
    REJECT
  }

  /** What is done with an event of that verdict. */
  public Fate fate(Verdict verdict) {
    return switch (this) {
      case REFERENCE -> verdict == Verdict.MALFORMED ? Fate.REJECT : Fate.MERGE;
      case VERIFIED -> fate(verdict, verdict == Verdict.UNSIGNED);
      case STRICT -> fate(verdict, false);
    };
  }

  private static Fate fate(Verdict verdict, boolean alsoMerged) {
    if (verdict == Verdict.VALID || alsoMerged) {
      return Fate.MERGE;
    }
    return verdict == Verdict.UNKNOWN_EMITTER ? Fate.WAIT : Fate.REJECT;
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
