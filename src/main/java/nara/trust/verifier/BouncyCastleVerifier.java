package nara.trust.verifier;

import static nara.trust.ed25519.Ed25519.isWellFormed;

import java.util.List;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Verifies with Bouncy Castle, restricted to the rule. It is plain Java, for platforms without
 * Corretto.
 *
 * <p>Bouncy Castle's equation ignores torsion: it accepts when 8·([S]B − [k]A − R) is neutral. So
 * it is asked only when A and R both lie in the group that B generates; its full validation
 * computes that L times each is neutral. Then [S]B − [k]A − R lies in that group too. Its order L
 * is odd and prime, so 8 times a point is neutral only if the point is: the rule's equation. Keys
 * and signatures with torsion are refused, some of which the rule accepts; an honest signer makes
 * none.
 */
public final class BouncyCastleVerifier implements SignatureVerifier {
  /** Validated keys that each thread remembers. */
  private static final int MAX_CACHED_KEYS = 256;

  private final ThreadLocal<Map<PublicKey, Boolean>> keyValidity =
      ThreadLocal.withInitial(() -> BoundedMap.lru(MAX_CACHED_KEYS));

  @Override
  public String name() {
    return "bouncycastle";
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    Map<PublicKey, Boolean> cache = keyValidity.get();
    boolean[] answers = new boolean[batch.size()];
    int i = 0;
    for (SignatureCheck check : batch) {
      answers[i++] = isWellFormed(check.signature()) && verify(cache, check);
    }
    return answers;
  }

  private static boolean verify(Map<PublicKey, Boolean> cache, SignatureCheck check) {
    byte[] key = check.key().bytes();
    byte[] signature = check.signature();
    byte[] message = check.message();
    return cache.computeIfAbsent(check.key(), k -> Ed25519.validatePublicKeyFull(key, 0))
        && Ed25519.validatePublicKeyFull(signature, 0)
        && Ed25519.verify(signature, 0, key, 0, message, 0, message.length);
  }
}
