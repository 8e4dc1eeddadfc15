package nara.mesh;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import nara.trust.SignatureCheck;
import nara.trust.Verifier;

/** Verifies with the JDK alone: the tests of the mesh need no particular verifier. */
final class PlainVerifier implements Verifier {
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    boolean[] answers = new boolean[batch.size()];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = verifies(batch.get(i));
    }
    return answers;
  }

  private static boolean verifies(SignatureCheck check) {
    try {
      byte[] encoded = new byte[44];
      System.arraycopy(X509, 0, encoded, 0, 12);
      System.arraycopy(check.key().bytes(), 0, encoded, 12, 32);
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      ed25519.update(check.message());
      return ed25519.verify(check.signature());
    } catch (GeneralSecurityException refused) {
      return false;
    }
  }
}
