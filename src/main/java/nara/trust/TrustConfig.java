package nara.trust;

import java.util.Map;
import nara.identity.PublicKey;

/**
 * The section {@code trust} of the configuration.
 *
 * @param policy which verdicts are merged
 * @param verifier {@code auto}, {@code tables}, {@code corretto}, {@code bouncycastle} or {@code
 *     jdk}
 * @param recheckOneIn a second verifier checks one accepted signature in so many; 0 for none
 * @param maxKeyTables keys that have a table at the same time; fewer with a small heap
 * @param maxQuarantined events that may wait for keys; beyond it, the key for which most bytes wait
 *     loses its oldest event
 * @param keys the public keys that the operator gave, by name
 */
public record TrustConfig(
    TrustPolicy policy,
    String verifier,
    int recheckOneIn,
    int maxKeyTables,
    int maxQuarantined,
    Map<String, PublicKey> keys) {
  /** A configuration without the operator's keys. */
  public TrustConfig(
      TrustPolicy policy, String verifier, int recheckOneIn, int maxKeyTables, int maxQuarantined) {
    this(policy, verifier, recheckOneIn, maxKeyTables, maxQuarantined, Map.of());
  }

  public static TrustConfig defaults() {
    return new TrustConfig(TrustPolicy.VERIFIED, "auto", 1_000, 256, 20_000);
  }
}
