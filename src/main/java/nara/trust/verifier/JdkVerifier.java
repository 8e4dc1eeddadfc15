package nara.trust.verifier;

import java.security.Provider;
import java.security.Security;

/**
 * Verifies with the JDK's own provider: slow, but independent of everything else here and there on
 * every platform. Refuses keys that are not canonical, which the reference accepts.
 */
public final class JdkVerifier extends ProviderVerifier {
  private static final String PROVIDER = "SunEC";

  private JdkVerifier(Provider provider) {
    super(provider);
  }

  /** The JDK's verifier, or why this JVM has none. */
  public static VerifierChoice load() {
    Provider provider = Security.getProvider(PROVIDER);
    return provider == null || provider.getService("Signature", ALGORITHM) == null
        ? new VerifierChoice.Unavailable(
            "this JVM has no provider " + PROVIDER + " with Ed25519; use the verifier \"tables\"")
        : new VerifierChoice.Available(new JdkVerifier(provider));
  }

  @Override
  public String name() {
    return "jdk";
  }
}
