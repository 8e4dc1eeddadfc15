package nara.demo;

import static nara.mqtt.TestPlazaNode.await;
import static nara.mqtt.TestPlazaNode.config;
import static nara.mqtt.TestPlazaNode.tease;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.TestPlazaNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes connect to the demo's broker as to a real one. */
class LoopbackBrokerIT {
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private LoopbackBroker broker;

  @BeforeEach
  void start() {
    broker = await(LoopbackBroker.start(vertx, 0));
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private static List<byte[]> teases(int count) {
    List<byte[]> events = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      events.add(tease("bart", "homer", i));
    }
    return events;
  }

  @Test
  void ledger_response_of_megabytes_is_delivered() {
    try (TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases(8_000))) {
      bart.connected(config(broker.url()));
      LedgersFetched fetched =
          await(lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE));

      assertThat(fetched.error()).isEmpty();
      assertThat(fetched.responses().getFirst().bytes()).isGreaterThan(1 << 20);
      assertThat(fetched.responses().getFirst().offerResult().added()).isEqualTo(8_000);
      lisa.awaitPresence(told -> told.name().equals("bart"));
    }
  }

  @Test
  void request_is_answered_after_broker_restart() {
    int port = broker.port();
    try (TestPlazaNode lisa = new TestPlazaNode("lisa").connected(config(broker.url()));
        TestPlazaNode bart = new TestPlazaNode("bart").holding(teases(5))) {
      var request = lisa.askLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE);
      await(broker.stop());
      lisa.awaitState(state -> !state.connected());
      broker = await(LoopbackBroker.start(vertx, port));
      bart.connected(config(broker.url()));

      assertThat(await(request).responses().getFirst().events()).isEqualTo(5);
    }
  }

  @Test
  void message_is_acknowledged_and_delivered_when_filter_matches() {
    MqttClient client = MqttClient.create(vertx);
    Promise<Object> acknowledged = Promise.promise();
    Promise<List<Integer>> granted = Promise.promise();
    client.publishCompletionHandler(acknowledged::tryComplete);
    client.subscribeCompletionHandler(answer -> granted.tryComplete(answer.grantedQoSLevels()));
    Promise<String> delivered = Promise.promise();
    client.publishHandler(message -> delivered.tryComplete(message.topicName()));
    await(client.connect(broker.port(), "127.0.0.1"));
    await(client.subscribe(Map.of("a/+/c", 1)));

    assertThat(await(granted.future())).containsExactly(0);
    Buffer text = Buffer.buffer("text");
    await(client.publish("a/b/d", text, MqttQoS.AT_LEAST_ONCE, false, false));
    await(client.publish("a/b/c", text, MqttQoS.AT_LEAST_ONCE, false, false));

    assertThat(await(delivered.future())).isEqualTo("a/b/c");
    assertThat(await(acknowledged.future())).isNotNull();
    await(client.disconnect());
  }

  @Test
  void broker_closes_first_client_when_second_has_same_id() {
    MqttClientOptions same = new MqttClientOptions();
    same.setClientId("same");
    MqttClient first = MqttClient.create(vertx, same);
    Promise<Object> ended = Promise.promise();
    first.closeHandler(closed -> ended.tryComplete("ended"));
    await(first.connect(broker.port(), "127.0.0.1"));
    MqttClient second = MqttClient.create(vertx, same);
    await(second.connect(broker.port(), "127.0.0.1"));

    assertThat(await(ended.future())).isEqualTo("ended");
    assertThat(second.isConnected()).isTrue();
  }

  @Test
  void broker_closes_only_the_connection_that_breaks_the_protocol() {
    NetSocket noise = await(vertx.createNetClient().connect(broker.port(), "127.0.0.1"));
    Promise<Object> ended = Promise.promise();
    noise.closeHandler(closed -> ended.tryComplete("ended"));
    await(noise.write(Buffer.buffer("GET / HTTP/1.1\r\n\r\n\u0000\u00ff\u00ff\u00ff\u00ff")));

    assertThat(await(ended.future())).isEqualTo("ended");
    try (TestPlazaNode lisa = new TestPlazaNode("lisa")) {
      lisa.connected(config(broker.url()));
    }
  }
}
