package nara.trust.verifier;

import java.util.List;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Verifies with Bouncy Castle, held to the rule: in plain Java and independent of everything else
 * here, so it is a second opinion for platforms without Corretto.
 *
 * <p>Its own equation may hold up to torsion: it accepts when 8·([S]B − [k]A − R) is neutral. So it
 * is asked only when A and R both are in the group that B generates (L times each is neutral, which
 * its full validation computes). Then [S]B − [k]A − R is in that group too, whose order L is odd
 * and prime, and 8 times it is neutral only if it is itself: the rule's equation. Keys and
 * signatures with torsion are refused, some of which the rule accepts; whoever signs by the book
 * makes none.
 */
public final class BouncyCastleVerifier implements SignatureVerifier {
  /** Keys whose validation each thread remembers. */
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
      answers[i++] = SignatureFormat.isWellFormed(check.signature()) && verify(cache, check);
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
