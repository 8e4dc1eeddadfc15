package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.restarts;
import static nara.checkpoint.consensus.Ballots.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint;
import nara.event.Observation;
import nara.event.Verdict;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.node.config.Transport;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.Mosquitto;
import nara.testing.TestNode;
import nara.trust.EventVerifier;
import nara.trust.TrustPolicy;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.Test;

/** Seven whole nodes over Mosquitto, and a hostile client. The test moves the time. */
class ConsensusIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final List<String> NAMES =
      List.of("lisa", "bart", "homer", "marge", "maggie", "abe", "ned");
  private static final Citizen REPEATER = Citizen.named("repeater");
  private static final Citizen LIAR = Citizen.named("liar");
  private static final Citizen STRANGER = Citizen.named("stranger");

  private static final Duration EVERY = Duration.ofMinutes(2);
  private static final long SECOND = 1_000_000_000L;

  private final ManualScheduler time = ManualScheduler.fromNow();
  private final Instant start = time.instant();

  @Test
  void seven_nodes_agree_on_checkpoint_despite_hostile_client() {
    List<TestNode> nodes = new ArrayList<>();
    try (Mosquitto broker = Mosquitto.start();
        HostileMqttClient client = new HostileMqttClient(broker.url())) {
      NAMES.forEach(name -> nodes.add(node(name, broker)));
      connect(nodes, client);
      // Exactly to the time of the proposal: no honest node may vote before the hostile votes.
      time.advance(Duration.between(time.instant(), start.plus(EVERY)));
      Proposal proposal = client.proposalAfter(0);
      assertThat(proposal.attestation().subject()).isEqualTo("lisa");
      assertThat(proposal.attestation().claim().agreedValues().restarts()).isEqualTo(2);
      awaitAsked(nodes, 1);

      // Honest nodes delay their votes, so these are the first ones.
      publishHostileVotes(client, proposal, nodes.getFirst());
      time.advance(Duration.ofSeconds(3));
      byte[] agreed = client.nextFinal();

      Checkpoint checkpoint = checkpoint(agreed);
      assertThat(checkpoint.agreedValues())
          .isEqualTo(proposal.attestation().claim().agreedValues());
      assertThat(checkpoint.previousCheckpointId()).isEmpty();
      assertThat(checkpoint.voterIds())
          .hasSize(6)
          .doesNotHaveDuplicates()
          .startsWith(Citizen.named("lisa").id())
          .doesNotContain(LIAR.id(), STRANGER.id());
      assertHeld(nodes, agreed);
      assertVerifiable(agreed, checkpoint);
      assertNextFollows(nodes, client, agreed);
    } finally {
      nodes.forEach(TestNode::close);
    }
  }

  /** All nodes hold the same history of Lisa; only Lisa proposes so soon. */
  private TestNode node(String name, Mosquitto broker) {
    ConsensusConfig d = ConsensusConfig.defaults();
    Duration every = name.equals("lisa") ? EVERY : d.every();
    ConsensusConfig consensus =
        new ConsensusConfig(
            every, Duration.ofSeconds(10), d.neighbours(), d.voteWindow(), d.voteWait());
    return TestNode.start(
        name,
        history(),
        config ->
            config.with(Transport.MQTT).with(config.plaza().withUrl(broker.url())).with(consensus),
        progressed -> {},
        time);
  }

  private List<byte[]> history() {
    long ago = start.minusSeconds(100_000).getEpochSecond();
    return List.of(
        Citizen.unsigned(ago * SECOND, restart(ago, 1)),
        Citizen.unsigned((ago + 50) * SECOND, restart(ago + 50, 2)),
        Citizen.unsigned(
            (ago + 60) * SECOND,
            new Observation(
                "bart", "", "lisa", "", "status-change", 2, false, 0, 0, 0, "ONLINE", "", 0)));
  }

  private static Observation restart(long startTime, long number) {
    return new Observation(
        "bart", "", "lisa", "", "restart", 3, false, startTime, number, startTime, "", "", 0);
  }

  private static Checkpoint checkpoint(byte[] event) {
    return (Checkpoint) Citizen.read(event).event().payload();
  }

  /** Waits until all nodes are connected, know each other and have recovered. */
  private void connect(List<TestNode> nodes, HostileMqttClient client) {
    for (TestNode node : nodes) {
      node.report();
      FakeBus.until(
          () -> ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState()),
          PlazaRequest.PlazaState::connected);
      FakeBus.until(() -> state(node), ConsensusState::voting);
    }
    long now = time.instant().toEpochMilli() * 1_000_000;
    client.publish("nara/plaza/hey_there", REPEATER.heyThere(now, ""));
    client.publish("nara/plaza/hey_there", LIAR.heyThere(now, ""));
    // Announcements, and the howdies to them.
    time.advance(Duration.ofSeconds(10));
    for (TestNode node : nodes) {
      FakeBus.until(
          () -> ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours()),
          there ->
              there.neighbours().stream().filter(Neighbour::online).count()
                  == NAMES.size() - 1 + 2);
    }
  }

  private void publishHostileVotes(HostileMqttClient client, Proposal proposal, TestNode lisa) {
    Vote first = vote(REPEATER, proposal, proposal.attestation().claim());
    Vote lie = vote(LIAR, proposal, restarts(1_000_000));
    Vote unknown = vote(STRANGER, proposal, proposal.attestation().claim());
    Attestation a = lie.attestation();
    Vote forged =
        new Vote(
            new Attestation(
                a.subject(),
                a.subjectId(),
                proposal.attestation().claim(),
                Citizen.named("bart").name(),
                Citizen.named("bart").id(),
                a.asOfTime(),
                a.signature()),
            a.asOfTime(),
            1,
            true);
    Proposal stale =
        Ballots.proposal(
            Citizen.named("lisa"),
            time.instant().minusSeconds(3_600),
            1,
            proposal.attestation().claim());
    for (Vote vote :
        List.of(
            first,
            first,
            vote(REPEATER, proposal, restarts(77)),
            lie,
            unknown,
            forged,
            vote(LIAR, stale, proposal.attestation().claim()))) {
      client.publish("nara/checkpoint/vote", ConsensusJson.write(vote));
    }
    // The same proposal again, and an incomplete one.
    client.publish("nara/checkpoint/propose", ConsensusJson.write(proposal));
    client.publish("nara/checkpoint/propose", "{\"version\":2}".getBytes(StandardCharsets.UTF_8));
    FakeBus.until(
        () -> state(lisa).rejected(),
        rejected ->
            rejected.equals(
                Map.of(
                    "voted_already", 2L,
                    "unknown_key", 1L,
                    "bad_signature", 1L,
                    "not_asked", 1L,
                    "unreadable", 1L)));
    assertThat(state(lisa).votes()).isEqualTo(2);
  }

  private void assertHeld(List<TestNode> nodes, byte[] agreed) {
    String text = new String(agreed, StandardCharsets.UTF_8);
    for (TestNode node : nodes) {
      FakeBus.until(node::heldEvents, held -> held.contains(text));
      assertThat(aboutLisa(node).latestCheckpointId())
          .isEqualTo(Citizen.read(agreed).event().id().toString());
    }
  }

  /** Verifies the checkpoint with the keys of the voters only. */
  private void assertVerifiable(byte[] agreed, Checkpoint checkpoint) {
    Keyring keys = new Keyring();
    List<Citizen> voters = new ArrayList<>(List.of(REPEATER));
    NAMES.forEach(name -> voters.add(Citizen.named(name)));
    int good = 0;
    BouncyCastleVerifier verifier = new BouncyCastleVerifier();
    for (Citizen voter : voters) {
      keys.learn(voter.name(), voter.id(), voter.key(), Origin.CONFIG);
      int index = checkpoint.voterIds().indexOf(voter.id());
      String text = checkpoint.attestation(voter.id());
      if (index >= 0
          && checkpoint
              .signatures()
              .get(index)
              .equals(voter.identity().keys().signBase64(text.getBytes(StandardCharsets.UTF_8)))) {
        good++;
      }
    }
    Verdict verdict =
        new EventVerifier(verifier, keys, time)
            .verify(List.of(Citizen.read(agreed)))
            .getFirst()
            .verdict();
    assertThat(good).isEqualTo(checkpoint.voterIds().size());
    assertThat(verdict).isEqualTo(Verdict.VALID);
    assertThat(TrustPolicy.STRICT.action(verdict)).isEqualTo(TrustPolicy.Action.MERGE);
  }

  private void assertNextFollows(List<TestNode> nodes, HostileMqttClient client, byte[] first) {
    FakeBus.until(
        () -> state(nodes.getFirst()).counts(),
        counts -> counts.getOrDefault("agreed", 0L).equals(1L));
    time.advance(EVERY.plusSeconds(10));
    client.proposalAfter(checkpoint(first).asOfTime());
    awaitAsked(nodes, 2);
    time.advance(Duration.ofSeconds(3));
    Checkpoint next = checkpoint(client.nextFinal());

    assertThat(next.previousCheckpointId()).isEqualTo(Citizen.read(first).event().id().toString());
    assertThat(next.agreedValues()).isEqualTo(checkpoint(first).agreedValues());
    assertThat(next.asOfTime()).isGreaterThan(checkpoint(first).asOfTime());
    assertThat(next.voterIds()).hasSize(6).doesNotContain(REPEATER.id(), LIAR.id());
  }

  private static void awaitAsked(List<TestNode> nodes, long times) {
    for (TestNode node : nodes.subList(1, nodes.size())) {
      FakeBus.until(
          () -> state(node).counts(), counts -> counts.getOrDefault("asked", 0L).equals(times));
    }
  }

  private static ConsensusState state(TestNode node) {
    return ask(node, ConsensusRequest.ADDRESS, new ConsensusRequest.GetConsensusState());
  }

  private LedgerRequest.SubjectSummary aboutLisa(TestNode node) {
    return ask(
        node,
        LedgerRequest.ADDRESS,
        new LedgerRequest.SummariseSubject("lisa", time.instant().getEpochSecond()));
  }

  private static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return Blocking.await(node.node().bus().request(address, request, TIMEOUT), TIMEOUT);
  }

  /** A plain MQTT client that receives all checkpoint messages, and publishes any bytes. */
  private static final class HostileMqttClient implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final MqttClient client = MqttClient.create(vertx);
    private final BlockingQueue<byte[]> proposals = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> finals = new LinkedBlockingQueue<>();

    HostileMqttClient(String url) {
      URI broker = URI.create(url);
      Promise<Object> subscribed = Promise.promise();
      client.publishHandler(
          message -> {
            byte[] payload = message.payload().getBytes();
            switch (message.topicName()) {
              case "nara/checkpoint/propose" -> proposals.add(payload);
              case "nara/checkpoint/final" -> finals.add(payload);
              default -> {}
            }
          });
      client.subscribeCompletionHandler(subscribed::tryComplete);
      Blocking.await(client.connect(broker.getPort(), broker.getHost()), TIMEOUT);
      Blocking.await(client.subscribe("nara/checkpoint/#", 1), TIMEOUT);
      Blocking.await(subscribed.future(), TIMEOUT);
    }

    void publish(String topic, byte[] payload) {
      Blocking.await(
          client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, false),
          TIMEOUT);
    }

    /** The next proposal with a later time. The client also receives its own messages. */
    Proposal proposalAfter(long asOfTime) {
      while (true) {
        try {
          Proposal proposal = ConsensusJson.readProposal(FakeBus.next(proposals));
          if (proposal.attestation().asOfTime() > asOfTime) {
            return proposal;
          }
        } catch (MalformedJsonException mine) {
          continue;
        }
      }
    }

    byte[] nextFinal() {
      return FakeBus.next(finals);
    }

    @Override
    public void close() {
      Blocking.await(vertx.close(), TIMEOUT);
    }
  }
}
