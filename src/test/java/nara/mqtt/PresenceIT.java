package nara.mqtt;

import static nara.mqtt.TestPlazaNode.await;
import static nara.mqtt.TestPlazaNode.config;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.event.Event;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.LedgerResponseMessage;
import nara.mqtt.wire.Newspaper;
import nara.mqtt.wire.Topics;
import nara.presence.Announcer;
import nara.presence.Presence.Offline;
import nara.presence.Presence.Online;
import nara.profile.Status;
import nara.testing.Citizen;
import nara.testing.Mosquitto;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Announcements, howdies and goodbyes over a real Mosquitto. */
class PresenceIT {
  private static final Duration LONG = Duration.ofSeconds(25);

  @Test
  void new_peer_is_learned_and_receives_howdy() {
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart")) {
      watcher.await(Topics.HEY_THERE);
      bart.connected(config(broker.url()));

      Online online = (Online) lisa.awaitPresence(told -> told.name().equals("bart"));
      assertThat(online)
          .isEqualTo(
              new Online(
                  "bart",
                  bart.me.id(),
                  "127.0.0.1:7433",
                  java.util.Optional.of(bart.me.keys().publicKey()),
                  true));
      assertThat(lisa.keys.idOf("bart")).contains(bart.me.id());
      // The announcement is an event, so the node offers it to its ledger too.
      TestPlazaNode.awaitResult(
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
      assertThat(howdy.observation().onlineState()).isEqualTo("ONLINE");
      assertThat(howdy.observation().startTime()).isEqualTo(1_700_000_000);
      assertThat(howdy.neighbours()).isEmpty();
      assertThat(howdy.status().meshIp()).isEqualTo("127.0.0.1:7433");
      Online answered = (Online) bart.awaitPresence(told -> told.name().equals("lisa"));
      assertThat(answered.firstHand()).isTrue();
      assertThat(bart.keys.byName("lisa")).contains(lisa.me.keys().publicKey());
    }
  }

  @Test
  void leaving_node_publishes_chau_and_ends_pending_requests() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").connected(config(broker.url()))) {
      Future<LedgersFetched> asked = bart.askLedgers(Map.of("homer", List.of("x")), LONG, LONG);
      long before = System.nanoTime();
      bart.ask(new PlazaRequest.GetPlazaState());
      bart.leave();

      assertThat(await(asked).error()).isEqualTo("this node is stopping");
      assertThat(lisa.awaitPresence(told -> told instanceof Offline))
          .isInstanceOfSatisfying(
              Offline.class,
              offline -> {
                assertThat(offline.name()).isEqualTo("bart");
                assertThat(offline.firstHand()).isTrue();
              });
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void read_only_node_publishes_nothing() {
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa =
            new TestPlazaNode("lisa").connected(config(broker.url(), "", "", true));
        TestPlazaNode bart = new TestPlazaNode("bart").connected(config(broker.url()))) {
      lisa.awaitPresence(told -> told.name().equals("bart"));
      assertThat(lisa.announce()).isEmpty();
      LedgersFetched answered = await(lisa.askLedgers(Map.of("bart", List.of("x")), LONG, LONG));
      assertThat(answered.error()).startsWith("read-only");
      assertThat(answered.unanswered()).containsExactly("bart");
      watcher.publish("nara/ledger/lisa/request", "{\"From\":\"bart\",\"Subjects\":[\"x\"]}");
      lisa.leave();
      bart.leave();
      watcher.await(Topics.CHAU);

      assertThat(watcher.receivedMessages())
          .extracting(MqttTestClient.Message::topic)
          .filteredOn(topic -> !topic.equals(Topics.newspaper("bart")))
          .containsOnly(Topics.HEY_THERE, Topics.CHAU, "nara/ledger/lisa/request");
      assertThat(watcher.receivedMessages())
          .filteredOn(message -> message.topic().startsWith("nara/plaza/"))
          .allMatch(message -> message.text().contains("\"emitter\":\"bart\""));
    }
  }

  @Test
  void social_events_of_the_plaza_are_offered_to_trust() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient bart = new MqttTestClient(broker.url())) {
      for (JsonNode message : Vectors.json("mqtt.json").get("messages")) {
        if (message.get("topic").asText().equals(Topics.SOCIAL)) {
          bart.publish(Topics.SOCIAL, message.get("payload").asText());
        }
      }
      TestPlazaNode.awaitResult(
          lisa.offered::keySet, ids -> ids.contains("57b9f8a0fcd23f137501e09ad8505bd8"));
    }
  }

  @Test
  void newspaper_reports_a_peer_online_when_its_key_is_known() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient watcher = new MqttTestClient(broker.url())) {
      Citizen bart = Citizen.named("bart");
      lisa.keys.learn("bart", bart.id(), bart.key(), nara.identity.Origin.CONFIG);
      Status status = Status.of(bart.identity(), "test", "10.0.0.1:1");
      String signature =
          bart.identity().keys().signBase64(status.json().getBytes(StandardCharsets.UTF_8));
      watcher.publish(
          "nara/newspaper/bart", new Newspaper("bart", status.json(), status, signature).json());

      Online told = (Online) lisa.awaitPresence(present -> present.name().equals("bart"));
      assertThat(told.address()).isEqualTo("10.0.0.1:1");
    }
  }

  @Test
  void retained_messages_of_a_dead_nara_are_no_sign_of_life() {
    Citizen bart = Citizen.named("bart");
    Status status = Status.of(bart.identity(), "test", "10.0.0.1:1");
    String signature =
        bart.identity().keys().signBase64(status.json().getBytes(StandardCharsets.UTF_8));
    byte[] newspaper = new Newspaper("bart", status.json(), status, signature).json();
    long nanos = Event.unixNanos(Instant.now());
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient past = new MqttTestClient(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      past.publishRetained("nara/newspaper/bart", newspaper);
      past.publishRetained(Topics.HEY_THERE, bart.heyThere(nanos, "10.0.0.1:1"));
      past.await(Topics.HEY_THERE);
      lisa.connected(config(broker.url()));
      lisa.awaitCounts(counts -> counts.ignored().getOrDefault("retained", 0L) == 1);
      TestPlazaNode.awaitResult(lisa.offered::values, all -> !all.isEmpty());
      assertThat(lisa.presence).isEmpty();

      // The same nara alive.
      past.publish("nara/newspaper/bart", newspaper);
      lisa.awaitPresence(told -> told instanceof Online);
    }
  }

  private static List<String> warnings(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("has this node's soul"))
        .toList();
  }

  @Test
  void two_nodes_with_one_soul_on_one_broker_warn_once_each_with_the_others_address() {
    Logger logger = (Logger) LoggerFactory.getLogger(MqttLedgerVerticle.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode one = new TestPlazaNode("lisa").connected(config(broker.url()))) {
      watcher.await(Topics.HEY_THERE);
      assertThat(warnings(log)).isEmpty();
      try (TestPlazaNode two = new TestPlazaNode("lisa").connected(config(broker.url()))) {
        TestPlazaNode.awaitResult(() -> warnings(log), lines -> lines.size() == 2);
        assertThat(warnings(log)).allMatch(line -> line.endsWith("its_address=127.0.0.1:7433"));
        one.announce();
        two.awaitState(PlazaRequest.PlazaState::connected);
      }
    } finally {
      logger.detachAppender(log);
    }
    assertThat(warnings(log)).hasSize(2);
  }

  @Test
  void members_of_a_cluster_do_not_warn_of_each_other() {
    Logger logger = (Logger) LoggerFactory.getLogger(MqttLedgerVerticle.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode one = new TestPlazaNode("lisa").inCluster().connected(config(broker.url()))) {
      watcher.await(Topics.HEY_THERE);
      try (TestPlazaNode two =
          new TestPlazaNode("lisa").inCluster().connected(config(broker.url()))) {
        one.awaitCounts(counts -> counts.handled().getOrDefault("hello", 0L) >= 2);
        two.awaitCounts(counts -> counts.handled().getOrDefault("hello", 0L) >= 1);
      }
    } finally {
      logger.detachAppender(log);
    }
    assertThat(warnings(log)).isEmpty();
  }

  @Test
  void own_goodbye_of_the_process_before_is_answered_by_an_announcement() {
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()))) {
      watcher.await(Topics.HEY_THERE);
      long now = Event.unixNanos(Instant.now());
      watcher.publish(Topics.CHAU, Announcer.chau(lisa.me, now));

      String again =
          watcher
              .await(seen -> seen.topic().equals(Topics.HEY_THERE) && timestamp(seen.text()) > now)
              .text();
      assertThat(again).contains("\"emitter\":\"lisa\"");
    }
  }

  private static long timestamp(String event) {
    return Citizen.read(event.getBytes(StandardCharsets.UTF_8)).event().ts();
  }

  @Test
  void recorded_ledger_requests_get_the_responses_of_the_reference() {
    JsonNode live = Vectors.json("mqtt-live.json").get("by_topic");
    LedgerResponseMessage.DecodedResponse recorded =
        LedgerResponseMessage.decode(
            live.get("nara/ledger/pythonista/response")
                .get(0)
                .asText()
                .getBytes(StandardCharsets.UTF_8));
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode gopher1 =
            new TestPlazaNode("gopher1")
                .holding(List.of(recorded.events().json()))
                .connected(config(broker.url()));
        TestPlazaNode gopher2 = new TestPlazaNode("gopher2").connected(config(broker.url()));
        MqttTestClient asker = new MqttTestClient(broker.url())) {
      assertThat(gopher1.me.name()).isNotEqualTo(gopher2.me.name());
      for (JsonNode question : live.get("nara/ledger/gopher1/request")) {
        asker.publish("nara/ledger/gopher1/request", question.asText());
      }
      for (JsonNode question : live.get("nara/ledger/gopher2/request")) {
        asker.publish("nara/ledger/gopher2/request", question.asText());
      }
      for (String name : List.of("pythonista", "gopher1", "gopher2")) {
        String topic = "nara/ledger/" + name + "/response";
        assertThat(asker.await(topic).text()).isEqualTo(live.get(topic).get(0).asText());
      }
    }
  }
}
