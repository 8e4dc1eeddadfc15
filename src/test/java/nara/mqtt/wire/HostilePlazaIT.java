package nara.mqtt.wire;

import static nara.mqtt.TestPlazaNode.await;
import static nara.mqtt.TestPlazaNode.config;
import static nara.mqtt.TestPlazaNode.tease;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.event.Chau;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.mqtt.MqttTestClient;
import nara.mqtt.PlazaRequest.GetPlazaState;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.TestPlazaNode;
import nara.mqtt.wire.HowdyMessage.HowdyNeighbour;
import nara.presence.Presence.Online;
import nara.profile.Status;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** A hostile client on the broker. */
class HostilePlazaIT {
  private static final Citizen BART = Citizen.named("bart");
  private static final Citizen IMPOSTOR = Citizen.impostor("bart");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private static Payload hello(Citizen who, String address) {
    return new HeyThere(who.name(), who.key().encoded(), address, who.id(), "");
  }

  private static String howdy(Citizen signer, String from, String to) {
    String signature =
        signer
            .identity()
            .keys()
            .signBase64(HowdyMessage.signedText(from, to, 1).getBytes(StandardCharsets.UTF_8));
    Status status = Status.of(signer.identity(), "test", "6.6.6.6:1");
    return new String(
        new HowdyMessage(
                from, to, 1, HowdyObservation.NONE, List.of(), status.json(), status, signature)
            .json(),
        StandardCharsets.UTF_8);
  }

  @Test
  void invalid_messages_are_counted_and_ignored() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      // Too large for an announcement, but not for the connection.
      villain.publish(Topics.HEY_THERE, new byte[5 << 20]);
      villain.publish(Topics.HEY_THERE, "{\"id\":");
      villain.publish(Topics.HEY_THERE, new byte[0]);
      villain.publish(Topics.HOWDY, "[".repeat(100_000));
      villain.publish(Topics.HOWDY, "{\"Me\":" + "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_001));
      villain.publish("nara/ledger/lisa/request", "{\"From\":\"bart\",\"from\":\"bart\"}");
      villain.publish("nara/ledger/lisa/response", "\u0000\u00ff not JSON at all");
      villain.publish(Topics.SOCIAL, BART.signed(now(), hello(BART, "")));
      assertThat(lisa.awaitCounts(counts -> counts.ignored().getOrDefault("unreadable", 0L) == 7))
          .satisfies(counts -> assertThat(counts.ignored()).containsEntry("too_large", 1L));

      // Signed with another key, or not signed.
      villain.publish(Topics.HEY_THERE, IMPOSTOR.signed(now(), hello(BART, "")));
      villain.publish(
          Topics.CHAU, IMPOSTOR.signed(now(), new Chau("bart", BART.key().encoded(), "", "")));
      villain.publish(Topics.HOWDY, Altered.replace(howdy(BART, "bart", "lisa"), "lisa", "bart"));
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("bad_signature", 0L) == 3);

      // From a name that is not allowed in a topic, or that differs from the topic's.
      villain.publish("nara/ledger/lisa/request", "{\"From\":\"+\",\"Subjects\":[\"lisa\"]}");
      villain.publish("nara/ledger/lisa/request", "{\"From\":\"lisa\",\"Subjects\":[\"lisa\"]}");
      villain.publish(
          "nara/newspaper/bart", "{\"From\":\"lisa\",\"Status\":{},\"Signature\":\"\"}");
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("wrong_sender", 0L) == 3);

      villain.publish(
          "nara/newspaper/bart", "{\"From\":\"bart\",\"Status\":{},\"Signature\":\"\"}");
      villain.publish("nara/ledger/lisa/response", "{\"From\":\"bart\",\"Events\":null}");
      var counts =
          lisa.awaitCounts(
              c -> c.ignored().containsKey("unknown_key") && c.ignored().containsKey("not_asked"));

      assertThat(counts.handled().keySet()).isSubsetOf("hello", "news");
      assertThat(lisa.presence).isEmpty();
      assertThat(lisa.keys.byName("bart")).isEmpty();
      assertThat(lisa.ask(new GetPlazaState()).connected()).isTrue();
    }
  }

  @Test
  void first_key_of_a_name_stays_and_replayed_announcements_are_ignored() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      byte[] hello = BART.signed(now(), hello(BART, "10.0.0.1:1"));
      villain.publish(Topics.HEY_THERE, hello);
      lisa.awaitPresence(told -> told.name().equals("bart"));

      villain.publish(Topics.HEY_THERE, IMPOSTOR.signed(now(), hello(IMPOSTOR, "6.6.6.6:1")));
      villain.publish(
          Topics.CHAU, IMPOSTOR.signed(now(), new Chau("bart", IMPOSTOR.key().encoded(), "", "")));
      villain.publish(Topics.HOWDY, howdy(IMPOSTOR, "bart", "lisa"));
      villain.publish(Topics.HEY_THERE, hello);
      villain.publish(
          Topics.CHAU,
          BART.signed(now() - 60_000_000_000L, new Chau("bart", BART.key().encoded(), "", "")));
      Citizen namesake = Citizen.impostor("lisa");
      villain.publish(Topics.HEY_THERE, namesake.signed(now(), hello(namesake, "6.6.6.6:1")));
      lisa.awaitCounts(
          counts ->
              counts.ignored().getOrDefault("other_key", 0L) == 4
                  && counts.ignored().getOrDefault("stale", 0L) == 2);

      assertThat(lisa.keys.byName("bart")).contains(BART.key());
      assertThat(lisa.presence).isEmpty();
    }
  }

  @Test
  void oversized_message_is_dropped_without_closing_the_connection() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(List.of(tease("bart", "homer", 1)));
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      Future<LedgersFetched> fetching =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      villain.publish("nara/ledger/lisa/response", new byte[9 << 20]);
      villain.publish(Topics.SOCIAL, new byte[9 << 20]);
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("too_large", 0L) == 2);
      assertThat(lisa.ask(new GetPlazaState()).connected()).isTrue();
      bart.connected(config(broker.url()));

      assertThat(await(fetching).responses().getFirst().offerResult().added()).isEqualTo(1);
      assertThat(lisa.ask(new GetPlazaState()).connected()).isTrue();
    }
  }

  @Test
  void oversized_retained_message_does_not_prevent_connecting() {
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      villain.publishRetained(Topics.SOCIAL, new byte[9 << 20]);
      try (TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()))) {
        lisa.awaitCounts(counts -> counts.ignored().getOrDefault("too_large", 0L) == 1);
        assertThat(lisa.ask(new GetPlazaState()).connected()).isTrue();
      }
    }
  }

  @Test
  void one_bad_event_in_a_ledger_response_is_dropped_alone() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient bart = new MqttTestClient(broker.url())) {
      Future<LedgersFetched> fetching =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      bart.await("nara/ledger/bart/request");
      bart.publish(
          "nara/ledger/lisa/response",
          """
          {"From":"bart","Events":[
            {"ID":"","Timestamp":1,"Type":"tease","Actor":"bart","Target":"homer"},
            {"ID":"x","Timestamp":"late","Type":"tease","Actor":"bart","Target":"homer"},
            {"ID":"x","Timestamp":3,"Type":"nonsense","Actor":"bart","Target":"homer"},
            7, null, "text", [],
            {"ID":"x","Timestamp":4,"Type":"tease","Actor":"bart","Target":"homer","More":{}}
          ]}\
          """);

      LedgersFetched fetched = await(fetching);
      assertThat(fetched.error()).isEmpty();
      assertThat(fetched.responses().getFirst().events()).isEqualTo(8);
      assertThat(fetched.responses().getFirst().offerResult().added()).isEqualTo(2);
      assertThat(fetched.responses().getFirst().offerResult().rejected()).isEqualTo(6);
    }
  }

  @Test
  void sender_over_the_rate_limit_gets_no_response() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      for (int i = 0; i < 20; i++) {
        villain.publish(
            "nara/ledger/lisa/request", new LedgerRequestMessage("bart", List.of("homer")).json());
      }
      var counts =
          lisa.awaitCounts(
              c ->
                  c.ignored().getOrDefault("too_often", 0L) >= 8
                      && c.handled().getOrDefault("question", 0L) + c.ignored().get("too_often")
                          == 20);
      assertThat(counts.handled().get("question")).isBetween(6L, 12L);
    }
  }

  @Test
  void howdy_entries_about_others_are_not_trusted() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient bart = new MqttTestClient(broker.url())) {
      Citizen milhouse = Citizen.named("milhouse");
      Status status = Status.of(BART.identity(), "test", "10.0.0.1:1");
      List<HowdyNeighbour> told =
          List.of(
              new HowdyNeighbour(
                  "milhouse",
                  milhouse.key().encoded(),
                  "10.0.0.2:1",
                  milhouse.id(),
                  HowdyObservation.NONE),
              new HowdyNeighbour("a/b", "", "6.6.6.6:1", "", HowdyObservation.NONE),
              new HowdyNeighbour("lisa", "", "6.6.6.6:1", "", HowdyObservation.NONE));
      String text = HowdyMessage.signedText("bart", "nelson", 1);
      String signature = BART.identity().keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
      bart.publish(
          Topics.HOWDY,
          new HowdyMessage(
                  "bart",
                  "nelson",
                  1,
                  HowdyObservation.NONE,
                  told,
                  status.json(),
                  status,
                  signature)
              .json());

      Online online = (Online) lisa.awaitPresence(p -> p.name().equals("milhouse"));
      assertThat(online.firstHand()).isFalse();
      assertThat(online.address()).isEqualTo("10.0.0.2:1");
      assertThat(lisa.keys.byName("milhouse")).contains(milhouse.key());
      Online himself = (Online) lisa.awaitPresence(p -> p.name().equals("bart"));
      assertThat(himself.firstHand()).isTrue();
      lisa.awaitCounts(counts -> counts.handled().containsKey("howdy"));
      assertThat(lisa.presence).isEmpty();
    }
  }
}
