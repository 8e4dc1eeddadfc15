package nara.trust;

/**
 * The section {@code trust} of the configuration.
 *
 * @param policy which verdicts are merged
 * @param verifier {@code auto}, {@code tables}, {@code corretto}, {@code bouncycastle} or {@code
 *     jdk}
 * @param recheckOneIn a second verifier checks one accepted signature in so many; 0 for none
 * @param maxKeyTables keys that have a table at the same time
 * @param maxQuarantined events that may wait for keys; beyond it the oldest arrivals are dropped
 */
public record TrustConfig(
    TrustPolicy policy, String verifier, int recheckOneIn, int maxKeyTables, int maxQuarantined) {
  public static TrustConfig defaults() {
    return new TrustConfig(TrustPolicy.VERIFIED, "auto", 1_000, 256, 20_000);
  }
}
