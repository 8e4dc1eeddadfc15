package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import nara.identity.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Published test vectors: Wycheproof and RFC 8032. */
class PublishedSignaturesTest {
  private static final HexFormat HEX = HexFormat.of();

  static Stream<SignatureVerifier> verifiers() {
    return Stream.concat(
        Stream.of(new TableVerifier(0), new TableVerifier(6, 100, 0), new TableVerifier(8, 100, 0)),
        Stream.of("corretto", "bouncycastle", "jdk")
            .map(name -> Verifiers.choose(name, 0))
            .filter(VerifierChoice.Available.class::isInstance)
            .map(choice -> ((VerifierChoice.Available) choice).signatureVerifier()));
  }

  @ParameterizedTest
  @MethodSource("verifiers")
  void verifiers_match_wycheproof_vectors(SignatureVerifier verifier) throws IOException {
    int count = 0;
    try (var in = getClass().getResourceAsStream("/wycheproof/ed25519.json")) {
      for (JsonNode test : new ObjectMapper().readTree(in).get("tests")) {
        assertThat(verify(verifier, text(test, "pk"), text(test, "msg"), text(test, "sig")))
            .as(test.toString())
            .isEqualTo(text(test, "result").equals("valid"));
        count++;
      }
    }
    assertThat(count).isEqualTo(151);
  }

  @ParameterizedTest
  @MethodSource("verifiers")
  void verifiers_accept_rfc8032_signatures(SignatureVerifier verifier) {
    // Section 7.1, tests 1, 2, 3 and "SHA(abc)".
    assertThat(
            verify(
                verifier,
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                    + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"))
        .isTrue();
    assertThat(
            verify(
                verifier,
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                    + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        .isTrue();
    assertThat(
            verify(
                verifier,
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                    + "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"))
        .isTrue();
    assertThat(
            verify(
                verifier,
                "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
                    + "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ec"
                    + "fdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"))
        .isTrue();
  }

  @Test
  void verifiers_reject_signatures_that_are_not_64_bytes() {
    String good =
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
            + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    String key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    verifiers()
        .forEach(
            verifier -> {
              for (int length = 0; length <= 128; length++) {
                String cut = good.repeat(2).substring(0, 2 * length);
                assertThat(verify(verifier, key, "", cut)).isEqualTo(length == 64);
              }
            });
  }

  private static String text(JsonNode test, String field) {
    return test.get(field).asText();
  }

  private static boolean verify(
      SignatureVerifier verifier, String key, String message, String signature) {
    SignatureCheck check =
        new SignatureCheck(
            PublicKey.of(HEX.parseHex(key)), HEX.parseHex(message), HEX.parseHex(signature));
    return verifier.verify(List.of(check))[0];
  }
}
