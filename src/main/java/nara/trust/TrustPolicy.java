package nara.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import nara.event.Verdict;

/** Which verdicts are merged. */
public enum TrustPolicy {
  /** Merges all well-formed events, as the reference does; verdicts are only counted. */
  REFERENCE,
  /** Merges valid and unsigned events; those of unknown emitters wait for a key. */
  VERIFIED,
  /** Merges valid events only; those of unknown emitters wait for a key. */
  STRICT;

  /** The action of a policy on an event. */
  public enum Action {
    MERGE,
    QUARANTINE,
    REJECT
  }

  /** The action on an event of that verdict. */
  public Action action(Verdict verdict) {
    if (this == REFERENCE) {
      return verdict == Verdict.MALFORMED ? Action.REJECT : Action.MERGE;
    }
    return switch (verdict) {
      case VALID -> Action.MERGE;
      case UNSIGNED -> this == VERIFIED ? Action.MERGE : Action.REJECT;
      case UNKNOWN_EMITTER -> Action.QUARANTINE;
      case UNBACKED_CHECKPOINT, BAD_SIGNATURE, FROM_THE_FUTURE, BAD_ID, MALFORMED -> Action.REJECT;
    };
  }

  /** The policy of that name in the configuration, in lower case. */
  public static Optional<TrustPolicy> named(String name) {
    return Arrays.stream(values()).filter(policy -> policy.label().equals(name)).findFirst();
  }

  /** The name in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
