package nara.plaza;

import static nara.plaza.PlazaNode.await;
import static nara.plaza.PlazaNode.config;
import static nara.plaza.PlazaNode.tease;
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
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.plaza.Presence.Present;
import nara.testing.Citizen;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** Somebody on the broker who says what nobody honest would. */
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
        new HowdyMessage(from, to, 1, Standing.NONE, List.of(), status.json(), status, signature)
            .json(),
        StandardCharsets.UTF_8);
  }

  @Test
  void what_is_not_as_it_should_be_is_counted_and_changes_nothing() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander villain = new Bystander(broker.url())) {
      // Too large for an announcement, though not for the connection.
      villain.say(Topics.HEY_THERE, new byte[5 << 20]);
      villain.say(Topics.HEY_THERE, "{\"id\":");
      villain.say(Topics.HEY_THERE, new byte[0]);
      villain.say(Topics.HOWDY, "[".repeat(100_000));
      villain.say(Topics.HOWDY, "{\"Me\":" + "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_001));
      villain.say("nara/ledger/lisa/request", "{\"From\":\"bart\",\"from\":\"bart\"}");
      villain.say("nara/ledger/lisa/response", "\u0000\u00ff not JSON at all");
      villain.say(Topics.SOCIAL, BART.signed(now(), hello(BART, "")));
      assertThat(lisa.awaitCounts(counts -> counts.ignored().getOrDefault("unreadable", 0L) == 7))
          .satisfies(counts -> assertThat(counts.ignored()).containsEntry("too_large", 1L));

      // Signed by somebody else than it says, or not at all.
      villain.say(Topics.HEY_THERE, IMPOSTOR.signed(now(), hello(BART, "")));
      villain.say(
          Topics.CHAU, IMPOSTOR.signed(now(), new Chau("bart", BART.key().encoded(), "", "")));
      villain.say(Topics.HOWDY, howdy(BART, "bart", "lisa").replace("lisa", "bart"));
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("bad_signature", 0L) == 3);

      // In a name that cannot be addressed, or that is not the topic's.
      villain.say("nara/ledger/lisa/request", "{\"From\":\"+\",\"Subjects\":[\"lisa\"]}");
      villain.say("nara/ledger/lisa/request", "{\"From\":\"lisa\",\"Subjects\":[\"lisa\"]}");
      villain.say("nara/newspaper/bart", "{\"From\":\"lisa\",\"Status\":{},\"Signature\":\"\"}");
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("wrong_sender", 0L) == 3);

      villain.say("nara/newspaper/bart", "{\"From\":\"bart\",\"Status\":{},\"Signature\":\"\"}");
      villain.say("nara/ledger/lisa/response", "{\"From\":\"bart\",\"Events\":null}");
      var counts =
          lisa.awaitCounts(
              c -> c.ignored().containsKey("unknown_key") && c.ignored().containsKey("not_asked"));

      assertThat(counts.heard().keySet()).isSubsetOf("hello", "news");
      assertThat(lisa.presence).isEmpty();
      assertThat(lisa.keys.byName("bart")).isEmpty();
      assertThat(lisa.ask(new PlazaRequest.State()).connected()).isTrue();
    }
  }

  @Test
  void a_names_first_key_stays_and_old_greetings_said_again_are_no_news() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander villain = new Bystander(broker.url())) {
      byte[] hello = BART.signed(now(), hello(BART, "10.0.0.1:1"));
      villain.say(Topics.HEY_THERE, hello);
      lisa.awaitPresence(told -> told.name().equals("bart"));

      villain.say(Topics.HEY_THERE, IMPOSTOR.signed(now(), hello(IMPOSTOR, "6.6.6.6:1")));
      villain.say(
          Topics.CHAU, IMPOSTOR.signed(now(), new Chau("bart", IMPOSTOR.key().encoded(), "", "")));
      villain.say(Topics.HOWDY, howdy(IMPOSTOR, "bart", "lisa"));
      villain.say(Topics.HEY_THERE, hello);
      villain.say(
          Topics.CHAU,
          BART.signed(now() - 60_000_000_000L, new Chau("bart", BART.key().encoded(), "", "")));
      Citizen namesake = Citizen.impostor("lisa");
      villain.say(Topics.HEY_THERE, namesake.signed(now(), hello(namesake, "6.6.6.6:1")));
      lisa.awaitCounts(
          counts ->
              counts.ignored().getOrDefault("other_key", 0L) == 4
                  && counts.ignored().getOrDefault("stale", 0L) == 2);

      assertThat(lisa.keys.byName("bart")).contains(BART.key());
      assertThat(lisa.presence).isEmpty();
    }
  }

  @Test
  void a_message_of_over_the_most_costs_itself_and_not_the_connection() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").holding(List.of(tease("bart", "homer", 1)));
        Bystander villain = new Bystander(broker.url())) {
      Future<LedgersAnswered> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      villain.say("nara/ledger/lisa/response", new byte[9 << 20]);
      villain.say(Topics.SOCIAL, new byte[9 << 20]);
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("too_large", 0L) == 2);
      assertThat(lisa.ask(new PlazaRequest.State()).connected()).isTrue();
      bart.joined(config(broker.url()));

      assertThat(await(asked).answers().getFirst().offered().added()).isEqualTo(1);
      assertThat(lisa.ask(new PlazaRequest.State()).connected()).isTrue();
    }
  }

  @Test
  void a_message_of_over_the_most_that_the_broker_keeps_keeps_nobody_out() {
    try (Mosquitto broker = Mosquitto.start();
        Bystander villain = new Bystander(broker.url())) {
      villain.leave(Topics.SOCIAL, new byte[9 << 20]);
      try (PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()))) {
        lisa.awaitCounts(counts -> counts.ignored().getOrDefault("too_large", 0L) == 1);
        assertThat(lisa.ask(new PlazaRequest.State()).connected()).isTrue();
      }
    }
  }

  @Test
  void one_bad_event_in_an_answer_costs_that_event() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander bart = new Bystander(broker.url())) {
      Future<LedgersAnswered> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      bart.await("nara/ledger/bart/request");
      bart.say(
          "nara/ledger/lisa/response",
          """
          {"From":"bart","Events":[
            {"ID":"","Timestamp":1,"Type":"tease","Actor":"bart","Target":"homer"},
            {"ID":"x","Timestamp":"late","Type":"tease","Actor":"bart","Target":"homer"},
            {"ID":"x","Timestamp":3,"Type":"nonsense","Actor":"bart","Target":"homer"},
            7, null, "text", [],
            {"ID":"x","Timestamp":4,"Type":"tease","Actor":"bart","Target":"homer","More":{}}
          ]}""");

      LedgersAnswered answered = await(asked);
      assertThat(answered.trouble()).isEmpty();
      assertThat(answered.answers().getFirst().events()).isEqualTo(8);
      assertThat(answered.answers().getFirst().offered().added()).isEqualTo(2);
      assertThat(answered.answers().getFirst().offered().rejected()).isEqualTo(6);
    }
  }

  @Test
  void who_asks_too_often_is_not_answered_for_a_while() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander villain = new Bystander(broker.url())) {
      for (int i = 0; i < 20; i++) {
        villain.say(
            "nara/ledger/lisa/request", new LedgerQuestion("bart", List.of("homer")).json());
      }
      var counts =
          lisa.awaitCounts(
              c ->
                  c.ignored().getOrDefault("too_often", 0L) >= 8
                      && c.heard().getOrDefault("question", 0L) + c.ignored().get("too_often")
                          == 20);
      assertThat(counts.heard().get("question")).isBetween(6L, 12L);
    }
  }

  @Test
  void what_a_howdy_tells_of_others_is_hearsay() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        Bystander bart = new Bystander(broker.url())) {
      Citizen milhouse = Citizen.named("milhouse");
      Status status = Status.of(BART.identity(), "test", "10.0.0.1:1");
      List<HowdyMessage.Acquaintance> told =
          List.of(
              new HowdyMessage.Acquaintance(
                  "milhouse", milhouse.key().encoded(), "10.0.0.2:1", milhouse.id(), Standing.NONE),
              new HowdyMessage.Acquaintance("a/b", "", "6.6.6.6:1", "", Standing.NONE),
              new HowdyMessage.Acquaintance("lisa", "", "6.6.6.6:1", "", Standing.NONE));
      String text = HowdyMessage.signedText("bart", "nelson", 1);
      String signature = BART.identity().keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
      bart.say(
          Topics.HOWDY,
          new HowdyMessage(
                  "bart", "nelson", 1, Standing.NONE, told, status.json(), status, signature)
              .json());

      Present heard = (Present) lisa.awaitPresence(p -> p.name().equals("milhouse"));
      assertThat(heard.firstHand()).isFalse();
      assertThat(heard.address()).isEqualTo("10.0.0.2:1");
      assertThat(lisa.keys.byName("milhouse")).contains(milhouse.key());
      Present himself = (Present) lisa.awaitPresence(p -> p.name().equals("bart"));
      assertThat(himself.firstHand()).isTrue();
      lisa.awaitCounts(counts -> counts.heard().containsKey("howdy"));
      assertThat(lisa.presence).isEmpty();
    }
  }
}
