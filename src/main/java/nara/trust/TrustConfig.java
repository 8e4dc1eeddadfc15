package nara.trust;

/**
 * What is believed, and who checks it.
 *
 * @param policy which verdicts are merged
 * @param verifier {@code auto}, {@code tables}, {@code corretto} or {@code jdk}
 * @param recheckOneIn of how many accepted signatures one is asked of a second verifier; 0: none
 * @param maxKeyTables keys for which a table is kept
 * @param maxQuarantined events that may wait for keys; over it the oldest arrivals go
 */
public record TrustConfig(
    TrustPolicy policy, String verifier, int recheckOneIn, int maxKeyTables, int maxQuarantined) {
  public static TrustConfig defaults() {
    return new TrustConfig(TrustPolicy.VERIFIED, "auto", 1_000, 256, 20_000);
  }
}
