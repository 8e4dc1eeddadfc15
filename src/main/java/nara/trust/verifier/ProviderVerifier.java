package nara.trust.verifier;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;

/**
 * Verifies with a security provider, keeping one initialised {@link Signature} for each key and
 * thread: setting a key up costs a good part of a verification.
 *
 * <p>A provider may refuse keys that the reference accepts (not canonical ones); it does so with an
 * exception, which is an answer here: false. What it might accept beyond the rule is refused before
 * it is asked.
 */
abstract sealed class ProviderVerifier implements SignatureVerifier
    permits CorrettoVerifier, JdkVerifier {
  static final String ALGORITHM = "Ed25519";

  /** Initialised signatures kept by each thread; the least recently used go. */
  private static final int MAX_CACHED_KEYS = 256;

  /** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410). */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final Provider provider;
  private final ThreadLocal<Map<PublicKey, Optional<Signature>>> signatureCache =
      ThreadLocal.withInitial(() -> BoundedMap.lru(MAX_CACHED_KEYS));

  ProviderVerifier(Provider provider) {
    this.provider = provider;
  }

  @Override
  public final boolean[] verify(List<SignatureCheck> batch) {
    Map<PublicKey, Optional<Signature>> cache = signatureCache.get();
    boolean[] answers = new boolean[batch.size()];
    int i = 0;
    for (SignatureCheck check : batch) {
      answers[i++] = SignatureFormat.isWellFormed(check.signature()) && verify(cache, check);
    }
    return answers;
  }

  private boolean verify(Map<PublicKey, Optional<Signature>> cache, SignatureCheck check) {
    Optional<Signature> initialised = cache.get(check.key());
    if (initialised == null) {
      initialised = initialise(check.key());
      cache.put(check.key(), initialised);
    }
    if (initialised.isEmpty()) {
      return false;
    }
    try {
      Signature signature = initialised.get();
      signature.update(check.message());
      return signature.verify(check.signature());
    } catch (GeneralSecurityException | RuntimeException refused) {
      // Whatever the state it was left in, the next check of this key begins with a fresh one.
      cache.remove(check.key());
      return false;
    }
  }

  /** Empty for a key that the provider refuses. */
  private Optional<Signature> initialise(PublicKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM, provider);
      signature.initVerify(publicKey(provider, key));
      return Optional.of(signature);
    } catch (GeneralSecurityException | RuntimeException refused) {
      return Optional.empty();
    }
  }

  static java.security.PublicKey publicKey(Provider provider, PublicKey key)
      throws GeneralSecurityException {
    byte[] encoded = new byte[PREFIX.length + PublicKey.LENGTH];
    System.arraycopy(PREFIX, 0, encoded, 0, PREFIX.length);
    System.arraycopy(key.bytes(), 0, encoded, PREFIX.length, PublicKey.LENGTH);
    return KeyFactory.getInstance(ALGORITHM, provider)
        .generatePublic(new X509EncodedKeySpec(encoded));
  }
}
