package nara.plaza;

import static nara.plaza.PlazaNode.await;
import static nara.plaza.PlazaNode.config;
import static nara.plaza.PlazaNode.tease;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

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
  void an_answer_to_a_ledger_request_is_offered_for_judging() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart =
            new PlazaNode("bart")
                .holding(teases("bart", "homer", 7))
                .holding(List.of(tease("marge", "maggie", 99)))) {
      bart.joined(config(broker.url()));
      LedgersAnswered answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer", "lisa")), QUIET, DEADLINE));

      assertThat(answered.trouble()).isEmpty();
      assertThat(answered.silent()).isEmpty();
      // More than one when the neighbour's announcement came just after the question, since it is
      // asked again then: it may not have heard the first one.
      assertThat(answered.answers())
          .isNotEmpty()
          .allMatch(answer -> answer.neighbour().equals("bart"))
          .allMatch(answer -> answer.events() == 7);
      assertThat(answered.answers()).extracting(answer -> answer.offered().added()).contains(7);
      assertThat(lisa.offered.values())
          .filteredOn(json -> new String(json).contains("tease"))
          .containsExactlyInAnyOrderElementsOf(teases("bart", "homer", 7));
    }
  }

  @Test
  void a_broker_that_dies_before_the_answer_and_comes_back_loses_nothing() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").holding(teases("bart", "homer", 500))) {
      AtomicBoolean first = new AtomicBoolean(true);
      bart.onQuery(
          query -> {
            if (first.getAndSet(false)) {
              broker.stop();
            }
          });
      bart.joined(config(broker.url()));

      Future<LedgersAnswered> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE);
      lisa.awaitState(state -> !state.connected());
      bart.awaitState(state -> !state.connected());
      broker.restart();
      LedgersAnswered answered = await(asked);

      assertThat(answered.trouble()).isEmpty();
      assertThat(answered.silent()).isEmpty();
      assertThat(answered.answers().getFirst().events()).isEqualTo(500);
      assertThat(first).isFalse();
    }
  }

  @Test
  void who_comes_to_the_plaza_late_is_asked_when_it_announces_itself() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").holding(teases("bart", "homer", 3))) {
      Future<LedgersAnswered> asked =
          lisa.askLedgers(Map.of("bart", List.of("homer")), DEADLINE, DEADLINE);
      bart.join(config(broker.url()));

      assertThat(await(asked).answers().getFirst().events()).isEqualTo(3);
    }
  }

  @Test
  void a_message_of_over_a_megabyte_passes() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").holding(teases("bart", "homer", 8_000))) {
      bart.joined(config(broker.url()));
      LedgersAnswered answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(answered.answers().getFirst().bytes()).isGreaterThan(1 << 20);
      assertThat(answered.answers().getFirst().offered().added()).isEqualTo(8_000);
    }
  }

  @Test
  void of_more_events_than_a_message_holds_the_newest_are_told() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()));
        PlazaNode bart = new PlazaNode("bart").holding(teases("bart", "homer", 6_000))) {
      bart.joined(config(broker.url(), "", "", false, 64 << 10));
      LedgersAnswered answered =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(answered.answers().getFirst().bytes()).isBetween(50L << 10, 64L << 10);
      assertThat(answered.answers().getFirst().events()).isBetween(300, 500);
      assertThat(lisa.offered.values()).contains(tease("bart", "homer", 6_000));
      assertThat(lisa.offered.values()).doesNotContain(tease("bart", "homer", 1));
    }
  }

  @Test
  void who_does_not_answer_is_silent_after_the_quiet_period() {
    try (Mosquitto broker = Mosquitto.start();
        PlazaNode lisa = new PlazaNode("lisa").joined(config(broker.url()))) {
      LedgersAnswered answered =
          await(
              lisa.askLedgers(
                  Map.of("bart", List.of("homer"), "a/b", List.of("homer")),
                  Duration.ofMillis(200),
                  DEADLINE));

      assertThat(answered.silent()).containsExactlyInAnyOrder("bart", "a/b");
      assertThat(answered.answers()).isEmpty();
      assertThat(answered.trouble()).isEqualTo("nothing came for 200 ms");
    }
  }

  @Test
  void without_a_broker_the_trouble_is_told_and_never_the_password() {
    Mosquitto broker = Mosquitto.startFor("plaza", "right horse");
    try (broker;
        PlazaNode lisa =
            new PlazaNode("lisa").join(config(broker.url(), "plaza", "wrong horse", false))) {
      var refused = lisa.awaitState(state -> state.trouble().contains("refuses"));
      assertThat(refused.connected()).isFalse();
      assertThat(refused.trouble()).contains("user or the password").doesNotContain("horse");

      broker.stop();
      var gone = lisa.awaitState(state -> state.trouble().endsWith(": Connection refused"));
      assertThat(gone.trouble()).doesNotContain("horse");
      LedgersAnswered answered =
          await(
              lisa.askLedgers(Map.of("bart", List.of("homer")), Duration.ofMillis(200), DEADLINE));
      assertThat(answered.silent()).containsExactly("bart");
      assertThat(answered.trouble()).startsWith("cannot reach the broker at 127.0.0.1:");
    }
  }

  @Test
  void the_right_password_is_let_in() {
    try (Mosquitto broker = Mosquitto.startFor("plaza", "right horse");
        PlazaNode lisa = new PlazaNode("lisa")) {
      lisa.joined(config(broker.url(), "plaza", "right horse", false));
    }
  }

  @Test
  void an_encrypted_broker_is_used_when_its_certificate_is_trusted_and_only_then() {
    try (Mosquitto broker = Mosquitto.startEncrypted();
        PlazaNode lisa = new PlazaNode("lisa").join(config(broker.url()))) {
      assertThat(broker.url()).startsWith("mqtts://");
      lisa.awaitState(state -> state.trouble().contains("certification path"));

      System.setProperty("javax.net.ssl.trustStore", broker.trustStore().toString());
      System.setProperty("javax.net.ssl.trustStorePassword", Mosquitto.TRUST_STORE_PASSWORD);
      lisa.awaitState(PlazaRequest.PlazaState::connected);
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }
}
