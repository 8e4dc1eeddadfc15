package nara.checkpoint;

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
import nara.checkpoint.CheckpointRequest.Synced;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.Neighbourhood;
import nara.discovery.DiscoveryVerticle;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.mesh.Listening;
import nara.mesh.MeshConfig;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshServerVerticle;
import nara.mesh.MeshSyncVerticle;
import nara.testing.Citizen;
import nara.testing.Vectors;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.TrustVerticle;
import nara.trust.Verifier;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node that finds another one and fetches its checkpoints, over real HTTP and with all the parts
 * that take part in it.
 */
class CheckpointSyncIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Citizen BART = Citizen.named("bart");

  private final InstantSource clock = InstantSource.system();
  private final Vertx lisasNode = Vertx.vertx();
  private final Vertx bartsNode = Vertx.vertx();
  private final Listening lisasPort = new Listening();
  private final Keyring bartsKeys = new Keyring();

  @AfterEach
  void end() throws Exception {
    await(bartsNode.close());
    await(lisasNode.close());
  }

  @Test
  void who_is_found_by_its_address_gives_all_checkpoints_in_pages_smaller_than_its_ties()
      throws Exception {
    List<Event> checkpoints = recordedCheckpoints();
    lisaServes(checkpoints);
    bartAsks();

    Neighbour lisa = found();
    assertThat(lisa.name()).isEqualTo("lisa");
    assertThat(lisa.key()).contains(LISA.key());

    Synced synced =
        await(
            Bus.of(bartsNode)
                .ask(
                    CheckpointRequest.ADDRESS,
                    new CheckpointRequest.Sync(List.of(new Peer("lisa", lisa.address()))),
                    SOON));

    assertThat(synced.enough()).isTrue();
    assertThat(synced.answers())
        .singleElement()
        .satisfies(answer -> assertThat(answer.failures()).as(answer.reason()).isZero())
        .returns(checkpoints.size(), answer -> answer.offered().added());
    assertThat(held(bartsNode))
        .extracting(event -> event.id().toString())
        .containsExactlyInAnyOrderElementsOf(
            checkpoints.stream().map(event -> event.id().toString()).toList());
  }

  private void lisaServes(List<Event> checkpoints) throws Exception {
    Keyring keys = new Keyring();
    keys.learn("bart", "", BART.key(), Origin.CONFIG);
    await(lisasNode.deployVerticle(ledger()));
    await(
        Bus.of(lisasNode)
            .ask(
                LedgerRequest.ADDRESS,
                new LedgerRequest.Merge(
                    checkpoints.stream()
                        .map(event -> new LedgerRequest.Judged(event, Verdict.VALID))
                        .toList()),
                SOON));
    await(
        lisasNode.deployVerticle(
            new MeshServerVerticle(
                LISA.identity(),
                keys,
                mesh(),
                verifier(),
                clock,
                name -> Optional.empty(),
                lisasPort)));
  }

  private void bartAsks() throws Exception {
    // The recorded checkpoints have no voters; what becomes of them is not the matter here.
    TrustConfig trusting = new TrustConfig(TrustPolicy.REFERENCE, "auto", 0, 0, 1_000);
    await(bartsNode.deployVerticle(ledger()));
    await(bartsNode.deployVerticle(new TrustVerticle(trusting, verifier(), bartsKeys, clock)));
    await(
        bartsNode.deployVerticle(
            new MeshSyncVerticle(
                BART.identity(), bartsKeys, mesh(), verifier(), clock, new Listening())));
    String address = "127.0.0.1:" + lisasPort.port().orElseThrow();
    await(
        bartsNode.deployVerticle(
            new DiscoveryVerticle(
                BART.identity(),
                bartsKeys,
                new DiscoveryConfig(
                    List.of(new ConfiguredPeer("", address)), Optional.empty(), "", SOON, 50),
                clock)));
    await(
        bartsNode.deployVerticle(
            new CheckpointSyncVerticle(new CheckpointConfig(1, 2, SOON), new Random(1))));
  }

  private Neighbour found() throws Exception {
    Neighbourhood all =
        await(
            Bus.of(bartsNode).ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.Discover(), SOON));
    assertThat(all.troubles()).isEmpty();
    return all.neighbours().getFirst();
  }

  private static List<Event> held(Vertx vertx) throws Exception {
    return await(Bus.of(vertx).ask(LedgerRequest.ADDRESS, new LedgerRequest.Export(), SOON))
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
    return new LedgerVerticle(LedgerConfig.ofSize(1_000), name -> true, new Random(1));
  }

  private static MeshConfig mesh() {
    MeshConfig d = MeshConfig.defaults();
    return new MeshConfig(
        true,
        "127.0.0.1",
        0,
        "",
        d.gzip(),
        d.maxAnswerBytes(),
        d.maxRequestBytes(),
        d.maxInFlight(),
        d.maxInFlightPerPeer(),
        d.maxQueuedPerPeer(),
        d.requestsPerSecond(),
        d.requestsAtOnce(),
        d.connectTimeout(),
        d.stall());
  }

  private static Verifier verifier() {
    return ((VerifierChoice.Chosen) Verifiers.choose("auto", 0)).verifier();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
