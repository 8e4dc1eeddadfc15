package nara.checkpoint.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryVerticle;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshSyncVerticle;
import nara.mesh.wire.AddressPolicy;
import nara.testing.Citizen;
import nara.testing.Vectors;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.TrustVerticle;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes over real HTTP: one discovers the other and fetches its checkpoints. */
class CheckpointSyncIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Citizen BART = Citizen.named("bart");

  private final InstantSource clock = InstantSource.system();
  private final Vertx lisasNode = Vertx.vertx();
  private final Vertx bartsNode = Vertx.vertx();
  private final ListenPort lisasPort = new ListenPort();
  private final Keyring bartsKeys = new Keyring();

  @AfterEach
  void end() throws Exception {
    await(bartsNode.close());
    await(lisasNode.close());
  }

  @Test
  void all_checkpoints_are_fetched_when_pages_are_smaller_than_equal_timestamps() throws Exception {
    List<Event> checkpoints = recordedCheckpoints();
    startLisa(checkpoints);
    startBart();

    Neighbour lisa = found();
    assertThat(lisa.name()).isEqualTo("lisa");
    assertThat(lisa.key()).contains(LISA.key());

    SyncResult result =
        await(
            Bus.of(bartsNode)
                .request(
                    CheckpointSyncRequest.ADDRESS,
                    new CheckpointSyncRequest.Sync(List.of(new Peer("lisa", lisa.address()))),
                    SOON));

    assertThat(result.enoughPeers()).isTrue();
    assertThat(result.peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.failures()).as(answer.reason()).isZero())
        .returns(checkpoints.size(), answer -> answer.offerResult().added());
    assertThat(held(bartsNode))
        .extracting(event -> event.id().toString())
        .containsExactlyInAnyOrderElementsOf(
            checkpoints.stream().map(event -> event.id().toString()).toList());
  }

  private void startLisa(List<Event> checkpoints) throws Exception {
    Keyring keys = new Keyring();
    keys.learn("bart", "", BART.key(), Origin.CONFIG);
    await(lisasNode.deployVerticle(ledger()));
    await(
        Bus.of(lisasNode)
            .request(
                LedgerRequest.ADDRESS,
                new LedgerRequest.MergeEvents(
                    checkpoints.stream()
                        .map(event -> new LedgerRequest.JudgedEvent(event, Verdict.VALID))
                        .toList()),
                SOON));
    await(
        lisasNode.deployVerticle(
            TestMesh.server(
                LISA.identity(),
                keys,
                mesh(),
                verifier(),
                clock,
                name -> Optional.empty(),
                lisasPort)));
  }

  private void startBart() throws Exception {
    // The recorded checkpoints have no voters, so only this policy merges them.
    TrustConfig trusting = new TrustConfig(TrustPolicy.REFERENCE, "auto", 0, 0, 1_000);
    await(bartsNode.deployVerticle(ledger()));
    await(bartsNode.deployVerticle(new TrustVerticle(trusting, verifier(), bartsKeys, clock)));
    await(
        bartsNode.deployVerticle(
            new MeshSyncVerticle(
                new MeshNode(
                    BART.identity(),
                    bartsKeys,
                    mesh(),
                    verifier(),
                    Scheduler.of(clock),
                    new ListenPort()))));
    String address = "127.0.0.1:" + lisasPort.port().orElseThrow();
    await(
        bartsNode.deployVerticle(
            new DiscoveryVerticle(
                BART.identity(),
                bartsKeys,
                new DiscoveryConfig(
                    List.of(new ConfiguredPeer("", address)),
                    Optional.empty(),
                    "",
                    SOON,
                    50,
                    false),
                AddressPolicy.local(),
                Scheduler.of(clock),
                new NetworkClock(Scheduler.of(clock)),
                new Random(2),
                host -> {},
                true,
                true)));
    await(
        bartsNode.deployVerticle(
            new CheckpointSyncVerticle(new CheckpointSyncConfig(1, 2, SOON), new Random(1))));
  }

  private Neighbour found() throws Exception {
    NeighbourList all =
        await(
            Bus.of(bartsNode)
                .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), SOON));
    assertThat(all.problems()).isEmpty();
    return all.neighbours().getFirst();
  }

  private static List<Event> held(Vertx vertx) throws Exception {
    return await(
            Bus.of(vertx).request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), SOON))
        .events();
  }

  private static List<Event> recordedCheckpoints() {
    List<Event> checkpoints = new ArrayList<>();
    for (JsonNode exchange : Vectors.json("http.json").get("exchanges")) {
      if (exchange.get("label").asText().equals("page of checkpoints")) {
        JsonNode answer = Vectors.parse(exchange.at("/response/body").asText());
        answer
            .get("events")
            .forEach(e -> checkpoints.add(Citizen.read(e.toString().getBytes(UTF_8)).event()));
      }
    }
    return checkpoints;
  }

  private static LedgerVerticle ledger() {
    return new LedgerVerticle(
        LedgerConfig.ofSize(1_000), name -> Standing.ESTABLISHED, new Random(1));
  }

  private static MeshConfig mesh() {
    return MeshConfig.defaults().listeningOn("127.0.0.1", 0);
  }

  private static SignatureVerifier verifier() {
    return ((VerifierChoice.Available) Verifiers.choose("auto", 0)).signatureVerifier();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
