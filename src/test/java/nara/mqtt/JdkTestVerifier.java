package nara.mqtt;

import java.util.List;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Verifies the signatures of tests. It need not reject all hostile ones. */
public final class JdkTestVerifier implements SignatureVerifier {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    boolean[] answers = new boolean[batch.size()];
    for (int i = 0; i < answers.length; i++) {
      SignatureCheck check = batch.get(i);
      byte[] message = check.message();
      answers[i] =
          check.signature().length == 64
              && Ed25519.verify(
                  check.signature(), 0, check.key().bytes(), 0, message, 0, message.length);
    }
    return answers;
  }
}
