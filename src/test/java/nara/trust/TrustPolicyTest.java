package nara.trust;

import static nara.event.Verdict.BAD_ID;
import static nara.event.Verdict.MALFORMED;
import static nara.event.Verdict.UNKNOWN_EMITTER;
import static nara.event.Verdict.UNSIGNED;
import static nara.event.Verdict.VALID;
import static nara.trust.TrustPolicy.Action.MERGE;
import static nara.trust.TrustPolicy.Action.QUARANTINE;
import static nara.trust.TrustPolicy.Action.REJECT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import nara.event.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrustPolicyTest {
  @Test
  void reference_policy_merges_well_formed_events() {
    assertThat(with(TrustPolicy.REFERENCE, MERGE))
        .isEqualTo(EnumSet.complementOf(EnumSet.of(MALFORMED)));
    assertThat(with(TrustPolicy.REFERENCE, REJECT)).containsExactly(MALFORMED);
  }

  @Test
  void verified_policy_merges_valid_and_unsigned_events_and_quarantines_unknown_emitters() {
    assertThat(with(TrustPolicy.VERIFIED, MERGE)).containsExactly(VALID, UNSIGNED);
    assertThat(with(TrustPolicy.VERIFIED, QUARANTINE)).containsExactly(UNKNOWN_EMITTER);
  }

  @Test
  void strict_policy_merges_only_valid_events() {
    assertThat(with(TrustPolicy.STRICT, MERGE)).containsExactly(VALID);
    assertThat(with(TrustPolicy.STRICT, QUARANTINE)).containsExactly(UNKNOWN_EMITTER);
    assertThat(with(TrustPolicy.STRICT, REJECT)).contains(UNSIGNED, BAD_ID);
  }

  @ParameterizedTest
  @EnumSource(TrustPolicy.class)
  void no_policy_merges_malformed_events_and_labels_resolve(TrustPolicy policy) {
    assertThat(policy.action(MALFORMED)).isEqualTo(REJECT);
    assertThat(TrustPolicy.named(policy.label())).contains(policy);
    assertThat(TrustPolicy.named(policy.name())).isEmpty();
  }

  private static Set<Verdict> with(TrustPolicy policy, TrustPolicy.Action action) {
    Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      if (policy.action(verdict) == action) {
        verdicts.add(verdict);
      }
    }
    return verdicts;
  }
}
