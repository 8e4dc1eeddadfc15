package nara.discovery;

import java.util.Random;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.identity.Soul;

/** Identities for tests, made from their names alone. */
final class TestIdentities {
  private TestIdentities() {}

  static Identity named(String name) {
    return Identity.of(name, Soul.generate(name, new Random(name.hashCode())));
  }

  static PublicKey key(String name) {
    return named(name).keys().publicKey();
  }
}
