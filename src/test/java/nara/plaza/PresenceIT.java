package nara.plaza;

import static nara.plaza.PlazaNode.await;
import static nara.plaza.PlazaNode.config;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.plaza.Presence.Left;
import nara.plaza.Presence.Present;
import nara.testing.Citizen;
import nara.testing.Mosquitto;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** Coming, being greeted, and going. */
class PresenceIT {
  private static final Duration LONG = Duration.ofSeconds(25);

  @Test
  void who_comes_is_known_with_its_key_and_greeted_with_what_is_known_of_it() {
    try (Mosquitto broker = Mosquitto.start();
        Bystander watcher = new Bystander(broker.url());
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart")) {
      watcher.await(Topics.HEY_THERE);
      bart.joined(config(broker.url()));

      Present present = (Present) lisa.awaitPresence(told -> told.name().equals("bart"));
      assertThat(present)
          .isEqualTo(
              new Present(
                  "bart",
                  bart.me.id(),
                  "127.0.0.1:7433",
                  java.util.Optional.of(bart.me.keys().publicKey()),
                  true));
      assertThat(lisa.keys.idOf("bart")).contains(bart.me.id());
      // The announcement is an event, so it goes into the ledger too.
      PlazaNode.until(
          lisa.offered::values,
          all ->
              all.stream()
                  .anyMatch(
                      json ->
                          new String(json, StandardCharsets.UTF_8)
                              .contains("\"emitter\":\"bart\"")));

      HowdyMessage howdy =
          HowdyMessage.read(
              watcher
                  .await(
                      seen ->
                          seen.topic().equals(Topics.HOWDY)
                              && seen.text().contains("\"To\":\"bart\""))
                  .text()
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(howdy.from()).isEqualTo("lisa");
      assertThat(howdy.seq()).isEqualTo(1);
      assertThat(howdy.you().online()).isEqualTo("ONLINE");
      assertThat(howdy.you().startTime()).isEqualTo(1_700_000_000);
      assertThat(howdy.neighbours()).isEmpty();
      assertThat(howdy.status().meshIp()).isEqualTo("127.0.0.1:7433");
      Present answered = (Present) bart.awaitPresence(told -> told.name().equals("lisa"));
      assertThat(answered.firstHand()).isTrue();
      assertThat(bart.keys.byName("lisa")).contains(lisa.me.keys().publicKey());
    }
  }

  @Test
  void who_goes_says_goodbye_and_all_its_waits_end_at_once() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").joined(config(broker.url()))) {
      Future<LedgersAnswered> asked = bart.askLedgers(Map.of("homer", List.of("x")), LONG, LONG);
      long before = System.nanoTime();
      bart.ask(new PlazaRequest.State());
      bart.leave();

      assertThat(await(asked).trouble()).isEqualTo("this node is stopping");
      assertThat(lisa.awaitPresence(told -> told instanceof Left)).isEqualTo(new Left("bart"));
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void announcements_asked_for_in_a_row_are_one() {
    try (Mosquitto broker = Mosquitto.start();
        Bystander watcher = new Bystander(broker.url());
        PlazaNode lisa = new PlazaNode("lisa")) {
      PlazaConfig patient = config(broker.url());
      lisa.joined(
          new PlazaConfig(
              patient.url(),
              "",
              "",
              false,
              patient.announceJitter(),
              LONG,
              patient.howdyWait(),
              patient.reconnectMin(),
              patient.reconnectMax(),
              patient.maxMessageBytes()));
      for (int i = 0; i < 10; i++) {
        lisa.ask(new PlazaRequest.Announce());
      }
      lisa.leave();
      watcher.await(Topics.CHAU);

      assertThat(watcher.seen())
          .extracting(Bystander.Message::topic)
          .containsOnlyOnce(Topics.HEY_THERE);
    }
  }

  @Test
  void who_only_reads_says_nothing_at_all() {
    try (Mosquitto broker = Mosquitto.start();
        Bystander watcher = new Bystander(broker.url());
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url(), "", "", true));
        PlazaNode bart = new PlazaNode("bart").joined(config(broker.url()))) {
      lisa.awaitPresence(told -> told.name().equals("bart"));
      lisa.ask(new PlazaRequest.Announce());
      LedgersAnswered answered = await(lisa.askLedgers(Map.of("bart", List.of("x")), LONG, LONG));
      assertThat(answered.trouble()).startsWith("read-only");
      assertThat(answered.silent()).containsExactly("bart");
      watcher.say("nara/ledger/lisa/request", "{\"From\":\"bart\",\"Subjects\":[\"x\"]}");
      lisa.leave();
      bart.leave();
      watcher.await(Topics.CHAU);

      assertThat(watcher.seen())
          .extracting(Bystander.Message::topic)
          .filteredOn(topic -> !topic.equals(Topics.newspaper("bart")))
          .containsOnly(Topics.HEY_THERE, Topics.CHAU, "nara/ledger/lisa/request");
      assertThat(watcher.seen())
          .filteredOn(message -> message.topic().startsWith("nara/plaza/"))
          .allMatch(message -> message.text().contains("\"emitter\":\"bart\""));
    }
  }

  @Test
  void social_events_of_the_plaza_are_offered_for_judging() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander bart = new Bystander(broker.url())) {
      for (JsonNode message : Vectors.json("mqtt.json").get("messages")) {
        if (message.get("topic").asText().equals(Topics.SOCIAL)) {
          bart.say(Topics.SOCIAL, message.get("payload").asText());
        }
      }
      PlazaNode.until(
          lisa.offered::keySet, ids -> ids.contains("57b9f8a0fcd23f137501e09ad8505bd8"));
    }
  }

  @Test
  void newspapers_tell_of_those_whose_key_is_known() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander watcher = new Bystander(broker.url())) {
      Citizen bart = Citizen.named("bart");
      lisa.keys.learn("bart", bart.id(), bart.key(), nara.identity.Origin.CONFIG);
      Status status = Status.of(bart.identity(), "test", "10.0.0.1:1");
      String signature =
          bart.identity().keys().signBase64(status.json().getBytes(StandardCharsets.UTF_8));
      watcher.say(
          "nara/newspaper/bart", new Newspaper("bart", status.json(), status, signature).json());

      Present told = (Present) lisa.awaitPresence(present -> present.name().equals("bart"));
      assertThat(told.address()).isEqualTo("10.0.0.1:1");
    }
  }

  @Test
  void recorded_questions_are_answered_as_the_reference_answered_them() {
    JsonNode live = Vectors.json("mqtt-live.json").get("by_topic");
    LedgerAnswerMessage.Rewrapped recorded =
        LedgerAnswerMessage.rewrap(
            live.get("nara/ledger/pythonista/response")
                .get(0)
                .asText()
                .getBytes(StandardCharsets.UTF_8));
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode gopher1 =
            new PlazaNode("gopher1")
                .holding(List.of(recorded.json()))
                .joined(config(broker.url()));
        PlazaNode gopher2 = new PlazaNode("gopher2").joined(config(broker.url()));
        Bystander asker = new Bystander(broker.url())) {
      assertThat(gopher1.me.name()).isNotEqualTo(gopher2.me.name());
      for (JsonNode question : live.get("nara/ledger/gopher1/request")) {
        asker.say("nara/ledger/gopher1/request", question.asText());
      }
      for (JsonNode question : live.get("nara/ledger/gopher2/request")) {
        asker.say("nara/ledger/gopher2/request", question.asText());
      }
      for (String name : List.of("pythonista", "gopher1", "gopher2")) {
        String topic = "nara/ledger/" + name + "/response";
        assertThat(asker.await(topic).text()).isEqualTo(live.get(topic).get(0).asText());
      }
    }
  }
}
