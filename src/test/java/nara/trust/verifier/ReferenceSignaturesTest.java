package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import nara.identity.PublicKey;
import nara.trust.ed25519.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference's answers to edge cases: torsion, small order, not canonical, S ≥ L. */
class ReferenceSignaturesTest {
  record Recorded(String label, SignatureCheck check, boolean accepted) {}

  static List<Recorded> recorded() throws IOException {
    HexFormat hex = HexFormat.of();
    List<Recorded> all = new ArrayList<>();
    try (var in = ReferenceSignaturesTest.class.getResourceAsStream("/vectors/ed25519.json")) {
      for (JsonNode node : new ObjectMapper().readTree(in).get("cases")) {
        all.add(
            new Recorded(
                node.get("label").asText(),
                new SignatureCheck(
                    PublicKey.of(hex.parseHex(node.get("public_key").asText())),
                    hex.parseHex(node.get("message").asText()),
                    hex.parseHex(node.get("signature").asText())),
                node.get("reference_accepts").asBoolean()));
      }
    }
    return all;
  }

  @Test
  void table_verifier_matches_reference_with_and_without_tables() throws IOException {
    List<Recorded> recorded = recorded();
    assertThat(recorded).hasSize(50);
    List<SignatureCheck> batch = recorded.stream().map(Recorded::check).toList();
    for (SignatureVerifier verifier :
        List.of(new TableVerifier(0), new TableVerifier(64), new TableVerifier(8, 64, 0))) {
      boolean[] answers = verifier.verify(batch);
      for (int i = 0; i < answers.length; i++) {
        assertThat(answers[i]).as(recorded.get(i).label()).isEqualTo(recorded.get(i).accepted());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"corretto", "jdk"})
  void libraries_differ_from_reference_only_on_non_canonical_keys(String name) throws IOException {
    SignatureVerifier verifier = chosen(name);
    for (Recorded recorded : recorded()) {
      boolean canonical = Ed25519.isCanonical(recorded.check().key().bytes(), 0);
      assertThat(verifier.verify(List.of(recorded.check()))[0])
          .as(recorded.label())
          .isEqualTo(recorded.accepted() && canonical);
    }
  }

  @Test
  void bouncy_castle_accepts_ordinary_signatures_and_nothing_the_reference_rejects()
      throws IOException {
    SignatureVerifier verifier = chosen("bouncycastle");
    for (Recorded recorded : recorded()) {
      assertThat(verifier.verify(List.of(recorded.check()))[0])
          .as(recorded.label())
          .isEqualTo(recorded.label().equals("ordinary"));
    }
  }

  private static SignatureVerifier chosen(String name) {
    VerifierChoice choice = Verifiers.choose(name, 0);
    assumeThat(choice).isInstanceOf(VerifierChoice.Available.class);
    return ((VerifierChoice.Available) choice).signatureVerifier();
  }
}
