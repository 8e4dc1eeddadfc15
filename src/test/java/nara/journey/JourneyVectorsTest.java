package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import nara.event.Event;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Social;
import nara.journey.HopSignatures.ChainResult;
import nara.testing.Citizen;
import nara.trust.verifier.BouncyCastleVerifier;
import nara.trust.verifier.SignatureCheck;
import org.junit.jupiter.api.Test;

/** Journeys as the reference's nodes sent them, and its answers to wrong ones. */
class JourneyVectorsTest {
  private static ChainResult verify(Journey journey) {
    return HopSignatures.verify(journey, WorldVectors::keyOf, new BouncyCastleVerifier());
  }

  @Test
  void every_hop_is_verified_and_printed_back() {
    assertThat(WorldVectors.hops()).hasSize(8);
    for (JsonNode hop : WorldVectors.hops()) {
      Journey journey = Journey.read(WorldVectors.body(hop));

      assertThat(verify(journey)).isEqualTo(new ChainResult.Verified());
      assertThat(journey.json()).isEqualTo(WorldVectors.body(hop));
      assertThat(RelayRules.checkForm(journey, hop.get("to").asText())).isEmpty();
      assertThat(RelayRules.checkSender(journey, hop.get("from").asText())).isEmpty();
    }
  }

  @Test
  void completions_are_verified_and_printed_back() {
    for (byte[] json : WorldVectors.completions()) {
      JourneyCompletion completion = JourneyCompletion.read(json);

      assertThat(verify(completion.journey())).isEqualTo(new ChainResult.Verified());
      assertThat(completion.journey().isComplete()).isTrue();
      assertThat(completion.json()).isEqualTo(json);
    }
  }

  @Test
  void each_nara_s_hop_is_signed_the_same_again() {
    for (byte[] json : WorldVectors.completions().subList(0, 2)) {
      Journey complete = JourneyCompletion.read(json).journey();
      Journey again =
          new Journey(complete.id(), complete.message(), complete.originator(), List.of());
      for (Hop hop : complete.hops()) {
        again = HopSignatures.sign(again, WorldVectors.nara(hop.nara()), hop.timestamp());
      }

      assertThat(again).isEqualTo(complete);
    }
  }

  @Test
  void a_broken_chain_is_refused_in_the_reference_s_words() {
    for (String label :
        List.of("the message changed", "a hop of a nara", "a hop whose signature", "that next")) {
      JsonNode edge = WorldVectors.edge(label);
      ChainResult result = verify(Journey.read(WorldVectors.body(edge)));

      String reason =
          switch (result) {
            case ChainResult.Broken broken -> broken.reason();
            case ChainResult.KeysMissing missing ->
                "unknown public key for " + missing.names().iterator().next();
            case ChainResult.Verified verified -> "";
          };
      assertThat(Refusal.brokenChain(reason).text() + "\n")
          .as(label)
          .isEqualTo(edge.at("/response/body").asText());
    }
  }

  @Test
  void events_of_journeys_are_verified_and_printed_back() {
    List<String> reasons = new ArrayList<>();
    for (JsonNode json : WorldVectors.WORLD.get("events")) {
      byte[] bytes = json.asText().getBytes(UTF_8);
      ParsedEvent parsed = Citizen.read(bytes);
      Event event = parsed.event();
      Social social = (Social) event.payload();

      assertThat(event.json()).isEqualTo(bytes);
      assertThat(event.emitter()).isEqualTo(social.actor());
      SignatureCheck check =
          new SignatureCheck(
              WorldVectors.keyOf(event.emitter()).orElseThrow(),
              parsed.signableHash(),
              event.signature().orElseThrow());
      assertThat(new BouncyCastleVerifier().verify(List.of(check))).containsExactly(true);
      reasons.add(social.reason());
    }
    assertThat(reasons).hasSize(24).contains("journey-pass", "journey-complete");
  }

  @Test
  void no_hops_are_written_as_a_list() {
    JsonNode edge = WorldVectors.edge("hops null");
    Journey journey = Journey.read(WorldVectors.body(edge));

    assertThat(new String(journey.json(), UTF_8)).endsWith("\"hops\":[]}");
  }
}
