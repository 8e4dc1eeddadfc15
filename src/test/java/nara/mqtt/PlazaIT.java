package nara.mqtt;

import static nara.mqtt.TestPlazaNode.await;
import static nara.mqtt.TestPlazaNode.config;
import static nara.mqtt.TestPlazaNode.tease;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.testing.Mosquitto;
import nara.testing.MqttPublisher;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nodes over a real Mosquitto. */
class PlazaIT {
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static List<byte[]> teases(String actor, String target, int count) {
    List<byte[]> events = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      events.add(tease(actor, target, i));
    }
    return events;
  }

  @Test
  void ledger_response_is_offered_to_trust() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart =
            new TestPlazaNode("bart")
                .holding(teases("bart", "homer", 7))
                .holding(List.of(tease("marge", "maggie", 99)))) {
      bart.connected(config(broker.url()));
      LedgersFetched answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer", "lisa")), QUIET, DEADLINE));

      assertThat(answered.error()).isEmpty();
      assertThat(answered.unanswered()).isEmpty();
      // There are two responses when the peer announced itself just after the request, because the
      // node then repeats the request.
      assertThat(answered.responses())
          .isNotEmpty()
          .allMatch(answer -> answer.neighbour().equals("bart"))
          .allMatch(answer -> answer.events() == 7);
      assertThat(answered.responses())
          .extracting(answer -> answer.offerResult().added())
          .contains(7);
      assertThat(lisa.offered.values())
          .filteredOn(json -> new String(json).contains("tease"))
          .containsExactlyInAnyOrderElementsOf(teases("bart", "homer", 7));
    }
  }

  @Test
  void fetch_completes_when_the_broker_restarts_before_the_response() {
    // A larger response would look like one that the broker does not take.
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 100))) {
      AtomicBoolean first = new AtomicBoolean(true);
      bart.onQuery(
          query -> {
            if (first.getAndSet(false)) {
              broker.stop();
            }
          });
      bart.connected(config(broker.url()));

      Future<LedgersFetched> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE);
      lisa.awaitState(state -> !state.connected());
      bart.awaitState(state -> !state.connected());
      broker.restart();
      LedgersFetched answered = await(asked);

      assertThat(answered.error()).isEmpty();
      assertThat(answered.unanswered()).isEmpty();
      assertThat(answered.responses().getFirst().events()).isEqualTo(100);
      assertThat(first).isFalse();
    }
  }

  @Test
  void late_peer_is_asked_when_it_announces_itself() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 3))) {
      Future<LedgersFetched> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      bart.connect(config(broker.url()));

      assertThat(await(asked).responses().getFirst().events()).isEqualTo(3);
    }
  }

  @Test
  void spoofed_empty_response_does_not_silence_a_neighbour() {
    try (Mosquitto broker = Mosquitto.start();
        MqttPublisher stranger = new MqttPublisher(broker.url());
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 300))) {
      // The stranger hears of a request as early as the neighbour does, and needs no ledger.
      byte[] spoof = "{\"From\":\"bart\",\"Events\":null}".getBytes(StandardCharsets.UTF_8);
      bart.onQuery(
          query -> {
            for (int i = 0; i < 12; i++) {
              stranger.publish("nara/ledger/lisa/response", spoof);
            }
          });
      bart.connected(config(broker.url()));

      LedgersFetched answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(answered.responses()).anyMatch(response -> response.events() == 0);
      assertThat(answered.responses())
          .extracting(response -> response.offerResult().added())
          .contains(300);
      assertThat(answered.error()).isEmpty();
    }
  }

  @Test
  void response_of_over_a_megabyte_is_delivered() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 8_000))) {
      bart.connected(config(broker.url()));
      LedgersFetched answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(answered.responses().getFirst().bytes()).isGreaterThan(1 << 20);
      assertThat(answered.responses().getFirst().offerResult().added()).isEqualTo(8_000);
    }
  }

  @Test
  void response_has_the_newest_events_when_not_all_fit() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 6_000))) {
      bart.connected(config(broker.url(), "", "", false, 64 << 10));
      LedgersFetched answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(answered.responses().getFirst().bytes()).isBetween(50L << 10, 64L << 10);
      assertThat(answered.responses().getFirst().events()).isBetween(300, 500);
      assertThat(lisa.offered.values()).contains(tease("bart", "homer", 6_000));
      assertThat(lisa.offered.values()).doesNotContain(tease("bart", "homer", 1));
    }
  }

  @Test
  void fetch_names_the_peers_without_a_response_after_the_stall_timeout() {
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()))) {
      LedgersFetched answered =
          await(
              lisa.askLedgers(
                  Map.of("bart", List.of("homer"), "a/b", List.of("homer")),
                  Duration.ofMillis(200),
                  DEADLINE));

      assertThat(answered.unanswered()).containsExactlyInAnyOrder("bart", "a/b");
      assertThat(answered.responses()).isEmpty();
      assertThat(answered.error()).isEqualTo("nothing came for 200 ms");
    }
  }

  @Test
  void connection_failure_is_reported_without_password() {
    Mosquitto broker = Mosquitto.startWithPassword("plaza", "right horse");
    try (broker;
        TestPlazaNode lisa =
            new TestPlazaNode("lisa")
                .connect(config(broker.url(), "plaza", "wrong horse", false))) {
      var refused = lisa.awaitState(state -> state.error().contains("refuses"));
      assertThat(refused.connected()).isFalse();
      assertThat(refused.error()).contains("user or the password").doesNotContain("horse");

      broker.stop();
      var gone = lisa.awaitState(state -> state.error().endsWith(": Connection refused"));
      assertThat(gone.error()).doesNotContain("horse");
      LedgersFetched answered =
          await(
              lisa.askLedgers(Map.of("bart", List.of("homer")), Duration.ofMillis(200), DEADLINE));
      assertThat(answered.unanswered()).containsExactly("bart");
      assertThat(answered.error()).startsWith("cannot reach the broker at 127.0.0.1:");
    }
  }

  @Test
  void node_tells_once_when_the_broker_goes_and_when_it_comes_back() {
    Logger logger = (Logger) LoggerFactory.getLogger(PlazaConnection.class);
    Level before = logger.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
    try (Mosquitto broker = Mosquitto.start();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()))) {
      broker.stop();
      lisa.awaitState(state -> !state.connected());
      broker.restart();
      lisa.awaitState(PlazaRequest.PlazaState::connected);
    } finally {
      logger.detachAppender(log);
      logger.setLevel(before);
    }
    List<String> lines =
        List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(lines.getFirst()).startsWith("Connected to the broker; url=");
    assertThat(lines)
        .filteredOn(line -> line.contains("reason=lost the broker at "))
        .singleElement()
        .asString()
        .startsWith("No connection to the broker; retry; ");
    assertThat(lines.getLast()).startsWith("Connected to the broker; url=");
  }

  @Test
  void node_connects_with_correct_password() {
    try (Mosquitto broker = Mosquitto.startWithPassword("plaza", "right horse");
        TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      lisa.connected(config(broker.url(), "plaza", "right horse", false));
    }
  }

  private static PlazaConfig tls(Mosquitto broker, PlazaConfig.Tls tls) {
    return config(broker.url()).with(tls);
  }

  private static PlazaConfig.Tls trusting(Path authority) {
    return new PlazaConfig.Tls(Optional.of(authority), false, Optional.empty(), Optional.empty());
  }

  @Test
  void node_connects_to_a_broker_that_signed_its_certificate_itself_with_its_pem_file() {
    try (Mosquitto broker = Mosquitto.startEncrypted();
        TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      lisa.connected(tls(broker, trusting(broker.certificate())));
    }
  }

  @Test
  void node_connects_to_any_broker_only_when_the_operator_says_so() {
    PlazaConfig.Tls any =
        new PlazaConfig.Tls(Optional.empty(), true, Optional.empty(), Optional.empty());
    try (Mosquitto broker = Mosquitto.startEncrypted();
        TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      lisa.connected(tls(broker, any));
    }
  }

  @Test
  void node_shows_its_certificate_to_a_broker_that_asks_for_one() {
    try (Mosquitto broker = Mosquitto.startEncryptedForKnownClients();
        TestPlazaNode bart =
            new TestPlazaNode("bart").connect(tls(broker, trusting(broker.certificate())));
        TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      lisa.connected(
          tls(
              broker,
              new PlazaConfig.Tls(
                  Optional.of(broker.certificate()),
                  false,
                  Optional.of(broker.certificate()),
                  Optional.of(broker.key()))));
      bart.awaitState(state -> state.error().contains("give plaza.tls.certificate"));
    }
  }

  @Test
  void file_that_holds_no_certificate_is_named_and_the_node_goes_on() throws IOException {
    Path file = Files.createTempFile("authority", ".pem");
    Files.writeString(file, "no certificate");
    try (Mosquitto broker = Mosquitto.startEncrypted();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connect(tls(broker, trusting(file)))) {
      lisa.awaitState(state -> state.error().contains("BEGIN CERTIFICATE"));
      Files.copy(broker.certificate(), file, StandardCopyOption.REPLACE_EXISTING);
      lisa.awaitState(PlazaRequest.PlazaState::connected);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void wrong_kind_of_port_is_named() {
    try (Mosquitto plain = Mosquitto.start();
        Mosquitto encrypted = Mosquitto.startEncrypted();
        TestPlazaNode bart =
            new TestPlazaNode("bart").connect(config(plain.url().replace("mqtt:", "tls:")));
        TestPlazaNode lisa =
            new TestPlazaNode("lisa").connect(config(encrypted.url().replace("mqtts:", "tcp:")))) {
      lisa.awaitState(state -> state.error().contains("if its port speaks TLS, set plaza.url"));
      bart.awaitState(state -> state.error().contains("set plaza.url to mqtt://"));
    }
  }

  @Test
  void refused_subscription_costs_its_topic_only() {
    Optional<Mosquitto> refusing = Mosquitto.startRefusing("nara/plaza/social");
    Assumptions.assumeTrue(refusing.isPresent(), "this Mosquitto cannot refuse subscriptions");
    try (Mosquitto broker = refusing.get();
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart =
            new TestPlazaNode("bart")
                .holding(teases("bart", "homer", 7))
                .connected(config(broker.url()))) {
      LedgersFetched answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));
      assertThat(answered.responses()).anyMatch(response -> response.events() == 7);
      bart.awaitState(PlazaRequest.PlazaState::connected);
    }
  }

  @Test
  void all_events_come_from_a_broker_that_takes_at_most_a_megabyte() {
    try (Mosquitto broker = Mosquitto.startWithMaxPacket(1 << 20);
        TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases("bart", "homer", 12_000))) {
      bart.connected(config(broker.url()));
      LedgersFetched answered =
          await(
              lisa.askLedgers(
                  Map.of("bart", List.of(LedgerRequestMessage.EVERYBODY)), QUIET, DEADLINE));

      assertThat(answered.error()).isEmpty();
      assertThat(answered.responses().stream().mapToLong(r -> r.bytes()).max().orElse(0))
          .isBetween(64L << 10, 1L << 20);
      assertThat(lisa.offered.values())
          .filteredOn(json -> new String(json, StandardCharsets.UTF_8).contains("tease"))
          .hasSize(12_000);
      bart.awaitState(PlazaRequest.PlazaState::connected);
    }
  }

  @Test
  void node_connects_to_an_encrypted_broker_only_when_its_certificate_is_trusted() {
    try (Mosquitto broker = Mosquitto.startEncrypted();
        TestPlazaNode bart = new TestPlazaNode("bart");
        TestPlazaNode lisa = new TestPlazaNode("lisa").connect(config(broker.url()))) {
      assertThat(broker.url()).startsWith("mqtts://");
      lisa.awaitState(state -> state.error().contains("give plaza.tls.ca"));

      System.setProperty("javax.net.ssl.trustStore", broker.trustStore().toString());
      System.setProperty("javax.net.ssl.trustStorePassword", Mosquitto.TRUST_STORE_PASSWORD);
      lisa.awaitState(PlazaRequest.PlazaState::connected);
      // The certificate is checked against the name, although the connection is to an address.
      bart.connect(config(broker.url().replace("127.0.0.1", "localhost")))
          .awaitState(PlazaRequest.PlazaState::connected);
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }
}
