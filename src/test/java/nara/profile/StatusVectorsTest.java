package nara.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.identity.Soul;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** Statuses and colours that the reference has written. */
class StatusVectorsTest {
  private record Recorded(String name, String statusJson) {}

  private static List<Recorded> statuses() {
    List<String> payloads = new ArrayList<>();
    for (JsonNode message : Vectors.json("mqtt.json").get("messages")) {
      payloads.add(message.get("payload").asText());
    }
    Vectors.json("mqtt-live.json")
        .get("by_topic")
        .forEach(topic -> topic.forEach(payload -> payloads.add(payload.asText())));
    List<Recorded> statuses = new ArrayList<>();
    for (String payload : payloads) {
      int begin = payload.indexOf("{\"LicensePlate\"");
      int end = payload.lastIndexOf(",\"Signature\"");
      if (begin > 0) {
        statuses.add(
            new Recorded(
                Vectors.parse(payload).get("From").asText(), payload.substring(begin, end)));
      }
    }
    return statuses;
  }

  private static Identity identity(String name) {
    for (String file : List.of("mqtt.json", "mqtt-live.json")) {
      for (JsonNode key : Vectors.json(file).get("keys")) {
        if (key.get("name").asText().equals(name)) {
          return Identity.of(name, Soul.parse(key.get("soul").asText()).orElseThrow());
        }
      }
    }
    throw new AssertionError("no soul of " + name);
  }

  @Test
  void recorded_statuses_are_written_back_byte_for_byte_but_for_their_observations() {
    assertThat(statuses()).hasSize(4);
    for (Recorded recorded : statuses()) {
      String withoutObservations =
          recorded.statusJson().replaceFirst("\"Observations\":(null|\\{.*?\\}\\}),", "");

      assertThat(Status.read(recorded.statusJson()).json()).isEqualTo(withoutObservations);
    }
  }

  @Test
  void recorded_naras_have_the_colours_of_their_souls() {
    for (Recorded recorded : statuses()) {
      assertThat(Aura.of(identity(recorded.name()), Duration.ZERO))
          .isEqualTo(Status.read(recorded.statusJson()).look().aura());
    }
  }

  @Test
  void colours_are_the_reference_s_for_every_personality_and_uptime() {
    for (JsonNode aura : Vectors.json("citizen.json").get("auras")) {
      Personality personality =
          new Personality(
              aura.get("agreeableness").asInt(),
              aura.get("sociability").asInt(),
              aura.get("chill").asInt());
      assertThat(
              Aura.of(aura.get("soul_and_name").asText(), personality, aura.get("uptime").asLong()))
          .isEqualTo(new Aura(aura.get("primary").asText(), aura.get("secondary").asText()));
    }
  }
}
