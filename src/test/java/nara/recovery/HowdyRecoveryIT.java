package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import nara.demo.Corpus;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.Topics;
import nara.node.Blocking;
import nara.profile.Status;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.Mosquitto;
import nara.testing.MqttPublisher;
import nara.testing.ScriptedPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** A recovery that knows its neighbour only from a howdy, which strangers republish altered. */
class HowdyRecoveryIT {
  private static final Citizen ALICE = Citizen.named("alice");
  private static final Citizen BOB = Citizen.named("bob");

  /** The discard port: nobody answers there. */
  private static final String DEAD = "127.0.0.1:9";

  private final List<byte[]> history = Corpus.generate(3_000, 20, 7, Instant.now()).events();

  @Test
  void howdy_republished_with_other_addresses_does_not_hide_its_sender() throws Exception {
    try (Mosquitto broker = Mosquitto.start();
        TestNode alice = TestNode.holding("alice", history);
        FaultyPeer mimic = FaultyPeer.proxying(alice.address()).rewriting(this::withoutSignature);
        TestNode fresh = fresh(broker);
        MqttPublisher plaza = new MqttPublisher(broker.url())) {
      awaitConnection(fresh);
      plaza.publish(Topics.HOWDY, howdy(alice.address()));
      for (String altered :
          List.of(DEAD, "evil.example:7433", "224.0.0.1:7433", mimic.address(), "10.255.255.1")) {
        plaza.publish(Topics.HOWDY, howdy(altered));
      }

      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(fresh.heldCorpus()).hasSize(history.size());
    }
  }

  @Test
  void first_comer_does_not_decide_when_no_peer_is_configured() throws Exception {
    try (Mosquitto broker = Mosquitto.start();
        ScriptedPeer alice = new ScriptedPeer("alice", history.subList(0, 40));
        TestNode fresh = fresh(broker);
        MqttPublisher plaza = new MqttPublisher(broker.url())) {
      awaitConnection(fresh);
      plaza.publish(Topics.HOWDY, howdy(addressOf(alice)));
      assertThat(fresh.report().recovery()).isEqualTo(1);
      awaitReport(fresh, CurrentReport::finished);
      Set<String> reasons = new HashSet<>();
      try (ScriptedPeer bob = new ScriptedPeer("bob", history, "127.0.0.2")) {
        plaza.publish(Topics.HOWDY, howdy(BOB, addressOf(bob)));

        awaitReport(
            fresh,
            current -> {
              reasons.add(current.notReadyReason());
              return current.finished() && current.report().recovery() == 2;
            });

        assertThat(reasons).as("it stays ready").containsOnly("");
        assertThat(fresh.heldCorpus()).containsAll(bob.texts());
      }
    }
  }

  private static String addressOf(ScriptedPeer peer) {
    String text = peer.configuredPeer();
    return text.substring(text.indexOf('@') + 1);
  }

  private static void awaitReport(TestNode node, Predicate<CurrentReport> expected) {
    Duration timeout = Duration.ofSeconds(20);
    long end = System.nanoTime() + timeout.toNanos();
    while (!expected.test(
        Blocking.await(
            node.node()
                .bus()
                .request(RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport(), timeout),
            timeout))) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** Anybody can copy the answer to a ping, but not sign other responses. */
  private String withoutSignature(String body) {
    return body.startsWith("{\"t\":") ? body : body.replace("\"ts\":", "\"ts\" :");
  }

  private static byte[] howdy(String address) {
    return howdy(ALICE, address);
  }

  private static byte[] howdy(Citizen sender, String address) {
    String name = sender.identity().name();
    String signed = HowdyMessage.signedText(name, "fresh", 1);
    return new HowdyMessage(
            name,
            "fresh",
            1,
            HowdyObservation.onlineAt(1),
            List.of(),
            Status.of(sender.identity(), "test", address).json(),
            Status.of(sender.identity(), "test", address),
            sender.identity().keys().signBase64(signed.getBytes(StandardCharsets.UTF_8)))
        .json();
  }

  private static TestNode fresh(Mosquitto broker) {
    return TestNode.start(
        "fresh",
        List.of(),
        config ->
            config
                .with(config.plaza().withUrl(broker.url()).withoutJitter())
                .with(config.recovery().withDiscoveryRetries(Duration.ofSeconds(2), 3)),
        progressed -> {});
  }

  private static void awaitConnection(TestNode node) {
    Duration timeout = Duration.ofSeconds(10);
    while (!Blocking.await(
            node.node()
                .bus()
                .request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), timeout),
            timeout)
        .connected()) {
      Thread.onSpinWait();
    }
  }
}
