package nara.trust.verifier;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.Provider;
import nara.identity.PublicKey;

/**
 * Verifies with Amazon's Corretto provider, native code for Linux on x86-64: the fastest library
 * there is for the JVM, and the second opinion on the default verifier. Refuses keys that are not
 * canonical, which the reference accepts.
 */
public final class CorrettoVerifier extends ProviderVerifier {
  private static final String ED25519_PROPERTY =
      "com.amazon.corretto.crypto.provider.registerEdKeyFactory";

  /** The base point: a key that every provider takes. */
  private static final PublicKey PROBE_KEY =
      PublicKey.parse("WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY=").orElseThrow();

  private CorrettoVerifier(Provider provider) {
    super(provider);
  }

  /** Corretto's verifier, or why it can't be had here: another platform, say. */
  public static VerifierChoice load() {
    try {
      // The provider looks at this once, when its classes load.
      System.setProperty(ED25519_PROPERTY, "true");
      Provider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      Throwable failure = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
      if (failure != null) {
        return unavailable(failure);
      }
      publicKey(provider, PROBE_KEY);
      return new VerifierChoice.Available(new CorrettoVerifier(provider));
    } catch (GeneralSecurityException | RuntimeException | LinkageError failure) {
      return unavailable(failure);
    }
  }

  private static VerifierChoice unavailable(Throwable failure) {
    return new VerifierChoice.Unavailable(
        "Corretto's native library can't be used on this machine ("
            + failure
            + "); use the verifier \"tables\"");
  }

  @Override
  public String name() {
    return "corretto";
  }
}
