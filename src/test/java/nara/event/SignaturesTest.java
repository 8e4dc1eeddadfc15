package nara.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

  @Test
  void signature_is_decoded_only_as_an_encoder_writes_it() {
    Random random = new Random(7);
    byte[] signature = new byte[64];
    for (int round = 0; round < 50; round++) {
      random.nextBytes(signature);
      String written = Base64.getEncoder().encodeToString(signature);
      assertThat(Signatures.decode(written)).contains(signature);
      for (int at = 80; at < written.length(); at++) {
        for (char other : ALPHABET.toCharArray()) {
          String text = written.substring(0, at) + other + written.substring(at + 1);
          Signatures.decode(text)
              .ifPresent(
                  bytes -> assertThat(Base64.getEncoder().encodeToString(bytes)).isEqualTo(text));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AA==", "=", "not Base64"})
  void other_texts_are_no_signatures(String text) {
    assertThat(Signatures.decode(text)).isEmpty();
  }
}
