package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;

class KeyPairTest {
  private final Soul soul = Soul.generate("lisa", new Random(1));
  private final KeyPair keys = KeyPair.of(soul);

  @Test
  void key_pair_derives_from_soul_seed() {
    assertThat(KeyPair.fromSeed(soul.seed())).isEqualTo(keys).hasSameHashCodeAs(keys);
    assertThat(KeyPair.of(Soul.forName(soul.seed(), "bart"))).isEqualTo(keys);
    assertThat(KeyPair.of(Soul.generate("lisa", new Random(2)))).isNotEqualTo(keys);
  }

  @Test
  void signatures_verify_and_equal_plain_ed25519() {
    byte[] message = "hello".getBytes(UTF_8);
    byte[] expected = new byte[64];
    Ed25519.sign(soul.seed(), 0, message, 0, message.length, expected, 0);

    assertThat(keys.sign(message)).isEqualTo(expected);
    assertThat(keys.signBase64(message)).isEqualTo(Base64.getEncoder().encodeToString(expected));
    assertThat(verifies(message, expected)).isTrue();
  }

  @Test
  void key_pair_signs_concurrently() {
    boolean all =
        IntStream.range(0, 400)
            .parallel()
            .mapToObj(i -> ("message " + i).getBytes(UTF_8))
            .allMatch(message -> verifies(message, keys.sign(message)));
    assertThat(all).isTrue();
  }

  private boolean verifies(byte[] message, byte[] signature) {
    return Ed25519.verify(signature, 0, keys.publicKey().bytes(), 0, message, 0, message.length);
  }
}
