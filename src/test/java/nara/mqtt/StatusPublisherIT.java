package nara.mqtt;

import static nara.mqtt.TestPlazaNode.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.identity.Origin;
import nara.mqtt.MqttTestClient.Message;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.Newspaper;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import nara.presence.Presence.ObservationReceived;
import nara.presence.Presence.Online;
import nara.profile.Status;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.testing.Mosquitto;
import nara.testing.Statuses;
import org.junit.jupiter.api.Test;

/** The newspapers that a node publishes, and what it does with those of others. */
class StatusPublisherIT {
  private static final Citizen BART = Citizen.named("bart");

  private static byte[] paper(Citizen who, String address, long uptime) {
    Status status =
        Statuses.of(who.identity(), address).memory("hog", 9).uptime(uptime).buzz(100_000).status();
    return new PlazaEncoder(who.identity()).newspaper(status);
  }

  private static Status status(Message message) {
    Newspaper paper = Newspaper.read(message.text().getBytes(StandardCharsets.UTF_8));
    assertThat(paper.from()).isEqualTo("lisa");
    return paper.status();
  }

  @Test
  void node_publishes_newspapers_at_intervals_that_follow_its_chattiness() {
    ManualScheduler time = ManualScheduler.fromNow();
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa", time).connected(config(broker.url()))) {
      Set<Message> read = new HashSet<>();
      time.advance(Duration.ofSeconds(1));
      Status first = next(watcher, read);
      assertThat(first.publicKey()).isEqualTo(lisa.me.keys().publicKey().encoded());
      assertThat(first.transportMode()).isEqualTo("hybrid");
      assertThat(first.memoryMode()).isEqualTo("medium");
      assertThat(first.memory().maxEvents()).isEqualTo(80_000);

      for (int i = 1; i <= 4; i++) {
        time.advance(Duration.ofSeconds(30));
        Status young = next(watcher, read);
        assertThat(young.uptime()).isBetween(30L * i, 30L * i + 1);
        assertThat(young.chattiness()).isEqualTo(i < 4 ? 100 : 20);
      }
      // After the warm-up, a node without messages publishes every 246 seconds.
      time.advance(Duration.ofSeconds(244));
      time.advance(Duration.ofSeconds(2));
      assertThat(next(watcher, read).uptime()).isBetween(366L, 367L);
      lisa.leave();
      watcher.await(Topics.CHAU);
      assertThat(watcher.receivedMessages())
          .filteredOn(seen -> seen.topic().equals("nara/newspaper/lisa"))
          .hasSize(6);
    }
  }

  @Test
  void nothing_is_published_after_chau() {
    ManualScheduler time = ManualScheduler.fromNow();
    Promise<Void> answered = Promise.promise();
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa", time).connected(config(broker.url()))) {
      lisa.pauseRepliesUntil(answered.future());
      // A newspaper waits for the size of the ledger.
      time.advance(Duration.ofSeconds(1));
      watcher.await(Topics.HEY_THERE);
      Future<Void> left = lisa.beginLeave();
      watcher.await(Topics.CHAU);
      answered.complete();
      TestPlazaNode.await(left);

      watcher.publish(Topics.SOCIAL, "and then");
      watcher.await(Topics.SOCIAL);
      assertThat(watcher.receivedMessages())
          .noneMatch(seen -> seen.topic().equals("nara/newspaper/lisa"));
    }
  }

  /** The next newspaper. */
  private static Status next(MqttTestClient watcher, Set<Message> read) {
    Message paper =
        watcher.await(m -> m.topic().equals("nara/newspaper/lisa") && !read.contains(m));
    read.add(paper);
    return status(paper);
  }

  @Test
  void newspaper_of_a_stranger_teaches_its_key_and_causes_an_announcement() {
    ManualScheduler time = ManualScheduler.fromNow();
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa", time).connected(config(broker.url()));
        MqttTestClient watcher = new MqttTestClient(broker.url())) {
      watcher.publish("nara/newspaper/bart", paper(BART, "10.0.0.1:1", 5));

      Online told = (Online) lisa.awaitPresence(present -> present.name().equals("bart"));
      assertThat(told.address()).isEqualTo("10.0.0.1:1");
      assertThat(told.firstHand()).isTrue();
      assertThat(lisa.keys.byName("bart")).contains(BART.key());
      assertThat(lisa.keys.idOf("bart")).contains(BART.id());
      watcher.await(Topics.HEY_THERE);

      // Further strangers in the same minute cause no announcement.
      for (int i = 0; i < 5; i++) {
        Citizen stranger = Citizen.named("stranger" + i);
        watcher.publish("nara/newspaper/" + stranger.name(), paper(stranger, "", 1));
        lisa.awaitPresence(present -> present.name().equals(stranger.name()));
      }
      lisa.leave();
      watcher.await(Topics.CHAU);
      assertThat(watcher.receivedMessages())
          .extracting(Message::topic)
          .containsOnlyOnce(Topics.HEY_THERE);
    }
  }

  @Test
  void announcement_is_published_once_until_the_next_one_is_due() {
    ManualScheduler time = ManualScheduler.fromNow();
    try (Mosquitto broker = Mosquitto.start();
        MqttTestClient watcher = new MqttTestClient(broker.url());
        TestPlazaNode lisa =
            new TestPlazaNode("lisa", time)
                .connected(announcingEvery(Duration.ofHours(1), config(broker.url())))) {
      time.advance(Duration.ofSeconds(1));
      watcher.await(Topics.HEY_THERE);

      // Each stranger causes a request for an announcement.
      for (int i = 0; i < 3; i++) {
        time.advance(Duration.ofMinutes(2));
        Citizen stranger = Citizen.named("stranger" + i);
        watcher.publish("nara/newspaper/" + stranger.name(), paper(stranger, "", 1));
        lisa.awaitPresence(present -> present.name().equals(stranger.name()));
      }
      lisa.leave();
      watcher.await(Topics.CHAU);
      assertThat(watcher.receivedMessages())
          .extracting(Message::topic)
          .containsOnlyOnce(Topics.HEY_THERE);
    }
  }

  private static PlazaConfig announcingEvery(Duration interval, PlazaConfig config) {
    return new PlazaConfig(
        config.url(),
        config.user(),
        config.password(),
        config.readOnly(),
        config.announceJitter(),
        interval,
        config.howdyWait(),
        config.reconnectMin(),
        config.reconnectMax(),
        config.maxMessageBytes(),
        PlazaConfig.Tls.DEFAULT);
  }

  @Test
  void foreign_newspaper_does_not_change_first_key() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient villain = new MqttTestClient(broker.url())) {
      lisa.keys.learn("bart", BART.id(), BART.key(), Origin.CONFIG);
      villain.publish("nara/newspaper/bart", paper(Citizen.impostor("bart"), "6.6.6.6:1", 5));
      villain.publish("nara/newspaper/lisa", paper(Citizen.impostor("lisa"), "6.6.6.6:1", 5));
      lisa.awaitCounts(
          counts -> counts.ignored().values().stream().mapToLong(Long::longValue).sum() >= 2);

      assertThat(lisa.keys.byName("bart")).contains(BART.key());
      assertThat(lisa.presence).isEmpty();
    }
  }

  @Test
  void howdy_to_this_node_publishes_its_observation_with_the_uptime_of_the_sender() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        MqttTestClient bart = new MqttTestClient(broker.url())) {
      HowdyObservation you = new HowdyObservation(7, 0, 1_700_000_000, "ONLINE", 1, 2);
      Status status = Statuses.of(BART.identity(), "").memory("short", 9).uptime(86_400).status();
      PlazaEncoder encoder = new PlazaEncoder(BART.identity());
      bart.publish(
          Topics.HOWDY, encoder.howdy("milhouse", 1, HowdyObservation.NONE, List.of(), status));
      bart.publish(Topics.HOWDY, encoder.howdy("lisa", 1, you, List.of(), status));

      assertThat(lisa.awaitPresence(told -> told instanceof ObservationReceived))
          .isEqualTo(new ObservationReceived("bart", 86_400, you.startTime()));
    }
  }
}
