package nara.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import nara.testing.Altered;
import org.junit.jupiter.api.Test;

class SelfEncryptionTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Soul soul = Soul.generate("lisa", new Random(1));

  @Test
  void self_encryption_decrypts_its_own_ciphertext() {
    for (int length : new int[] {0, 1, 15, 16, 63, 64, 65, 4096, 100_001}) {
      byte[] plaintext = new byte[length];
      new Random(length).nextBytes(plaintext);
      byte[] sealed = SelfEncryption.encrypt(soul, plaintext, RANDOM);
      assertThat(sealed).hasSize(length + 40);
      assertThat(SelfEncryption.decrypt(soul, sealed)).contains(plaintext);
    }
  }

  @Test
  void self_encryption_never_repeats_a_ciphertext() {
    byte[] plaintext = new byte[10];
    assertThat(SelfEncryption.encrypt(soul, plaintext, RANDOM))
        .isNotEqualTo(SelfEncryption.encrypt(soul, plaintext, RANDOM));
  }

  @Test
  void self_encryption_fails_for_another_soul() {
    byte[] sealed = SelfEncryption.encrypt(soul, new byte[10], RANDOM);
    Soul other = Soul.generate("lisa", new Random(2));
    assertThat(SelfEncryption.decrypt(other, sealed)).isEmpty();
  }

  @Test
  void self_encryption_rejects_altered_or_truncated_ciphertext() {
    byte[] sealed = SelfEncryption.encrypt(soul, new byte[10], RANDOM);
    for (int i = 0; i < sealed.length; i++) {
      byte[] altered = Altered.byteAt(sealed, i);
      assertThat(SelfEncryption.decrypt(soul, altered)).as("byte %d altered", i).isEmpty();
      assertThat(SelfEncryption.decrypt(soul, Arrays.copyOf(sealed, i)))
          .as("cut at %d", i)
          .isEmpty();
    }
  }
}
