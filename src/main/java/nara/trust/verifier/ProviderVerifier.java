package nara.trust.verifier;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.BoundedMap;
import nara.identity.PublicKey;
import nara.trust.ed25519.Ed25519;

/**
 * Verifies with a security provider. Each thread keeps one initialised {@link Signature} per key,
 * because initialising one costs a good part of a verification.
 *
 * <p>Both providers refuse keys that are not canonical, which the reference accepts. They do so by
 * an exception, which is the answer false here. A signature that a provider might accept beyond the
 * rule is refused before it is asked.
 */
public final class ProviderVerifier implements SignatureVerifier {
  private static final String ALGORITHM = "Ed25519";
  private static final String JDK_PROVIDER = "SunEC";
  private static final String CORRETTO_CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String CORRETTO_PROPERTY =
      "com.amazon.corretto.crypto.provider.registerEdKeyFactory";

  /** The base point: a key that every provider accepts. */
  private static final PublicKey PROBE_KEY =
      PublicKey.parse("WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY=").orElseThrow();

  /** Initialised signatures that each thread keeps. */
  private static final int MAX_CACHED_KEYS = 256;

  /** The bytes of a SubjectPublicKeyInfo before the 32 bytes of the key (RFC 8410). */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final String name;
  private final Provider provider;
  private final ThreadLocal<Map<PublicKey, Optional<Signature>>> signatureCache =
      ThreadLocal.withInitial(() -> BoundedMap.lru(MAX_CACHED_KEYS));

  private ProviderVerifier(String name, Provider provider) {
    this.name = name;
    this.provider = provider;
  }

  /** The JDK's own provider: slow, but independent of the others and on every platform. */
  public static VerifierChoice jdk() {
    Provider provider = Security.getProvider(JDK_PROVIDER);
    return provider == null || provider.getService("Signature", ALGORITHM) == null
        ? unavailable("this JVM has no provider " + JDK_PROVIDER + " with Ed25519")
        : new VerifierChoice.Available(new ProviderVerifier("jdk", provider));
  }

  /**
   * Amazon's Corretto, native code for Linux on x86-64: the fastest library for the JVM. It is not
   * in our jar; the operator can put it beside the jar.
   */
  public static VerifierChoice corretto() {
    Throwable error;
    try {
      // The provider reads this property once, when its classes load.
      System.setProperty(CORRETTO_PROPERTY, "true");
      // By name, because the library is not in our jar.
      Class<?> library = Class.forName(CORRETTO_CLASS);
      Provider provider = (Provider) library.getField("INSTANCE").get(null);
      error = (Throwable) library.getMethod("getLoadingError").invoke(provider);
      if (error == null) {
        publicKey(provider, PROBE_KEY);
        return new VerifierChoice.Available(new ProviderVerifier("corretto", provider));
      }
    } catch (ClassNotFoundException missing) {
      return new VerifierChoice.Unavailable(
          "Corretto's library is missing; put AmazonCorrettoCryptoProvider-linux-x86_64.jar beside"
              + " nara.jar, or use the verifier \"tables\"");
    } catch (GeneralSecurityException
        | ReflectiveOperationException
        | RuntimeException
        | LinkageError failure) {
      error = failure;
    }
    return unavailable("Corretto's native library cannot be used here (" + error + ")");
  }

  private static VerifierChoice unavailable(String reason) {
    return new VerifierChoice.Unavailable(reason + "; use the verifier \"tables\"");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    Map<PublicKey, Optional<Signature>> cache = signatureCache.get();
    boolean[] answers = new boolean[batch.size()];
    int i = 0;
    for (SignatureCheck check : batch) {
      answers[i++] = Ed25519.isWellFormed(check.signature()) && verify(cache, check);
    }
    return answers;
  }

  private boolean verify(Map<PublicKey, Optional<Signature>> cache, SignatureCheck check) {
    Optional<Signature> initialised = cache.computeIfAbsent(check.key(), this::initialise);
    if (initialised.isEmpty()) {
      return false;
    }
    try {
      Signature signature = initialised.get();
      signature.update(check.message());
      return signature.verify(check.signature());
    } catch (GeneralSecurityException | RuntimeException refused) {
      // Its state is unknown now; the next check of this key initialises another one.
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

  private static java.security.PublicKey publicKey(Provider provider, PublicKey key)
      throws GeneralSecurityException {
    byte[] encoded = new byte[PREFIX.length + PublicKey.LENGTH];
    System.arraycopy(PREFIX, 0, encoded, 0, PREFIX.length);
    System.arraycopy(key.bytes(), 0, encoded, PREFIX.length, PublicKey.LENGTH);
    return KeyFactory.getInstance(ALGORITHM, provider)
        .generatePublic(new X509EncodedKeySpec(encoded));
  }
}
