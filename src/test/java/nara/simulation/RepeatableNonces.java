package nara.simulation;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Nonces by a seed: a simulation has to send the same bytes again. */
final class RepeatableNonces extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final transient SplittableRandom random;

  RepeatableNonces(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }
}
