package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.lastPage;
import static nara.checkpoint.sync.FetchOutcomes.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nara.bus.Bus;
import nara.checkpoint.sync.CheckpointSyncRequest.PeerSyncResult;
import nara.checkpoint.sync.CheckpointSyncRequest.Sync;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CheckpointSyncVerticleTest {
  private static final Peer BART = new Peer("bart", "10.0.0.1");
  private static final Peer LISA = new Peer("lisa", "10.0.0.2");

  @Test
  void peers_are_walked_over_the_bus_to_their_end(Vertx vertx) throws Exception {
    mesh(
        vertx,
        request -> {
          MeshRequest.FetchPage fetchPage = (MeshRequest.FetchPage) request;
          boolean first = ((Query.Page) fetchPage.query()).after() == Long.MIN_VALUE;
          return Future.succeededFuture(
              fetchPage.peer().equals(LISA)
                  ? FetchOutcomes.failed(MeshFailure.UNREACHABLE)
                  : first ? page(1_000, 77) : lastPage(5));
        });
    deploy(vertx);

    SyncResult syncResult = await(sync(vertx, BART, LISA));

    assertThat(syncResult.enoughPeers()).isFalse();
    assertThat(syncResult.peerResults())
        .containsExactlyInAnyOrder(
            new PeerSyncResult(
                "bart", 2, 0, "", 502_500, 1_005, FetchOutcomes.offered(1_005, 0, 0)),
            new PeerSyncResult("lisa", 2, 2, "UNREACHABLE for a test", 0, 0, OfferResult.NONE));
  }

  @Test
  void without_a_mesh_it_says_so(Vertx vertx) throws Exception {
    deploy(vertx);

    assertThat(await(sync(vertx, BART)).peerResults())
        .containsExactly(
            new PeerSyncResult(
                "bart", 1, 1, "no verticle serves nara.mesh", 0, 0, OfferResult.NONE));
  }

  @Test
  void without_peers_the_answer_comes_at_once(Vertx vertx) throws Exception {
    deploy(vertx);

    assertThat(await(sync(vertx))).isEqualTo(new SyncResult(List.of(), false));
  }

  @Test
  void a_defect_of_the_mesh_costs_that_peer_and_is_told(Vertx vertx) throws Exception {
    mesh(vertx, request -> Future.failedFuture("broken"));
    deploy(vertx);

    assertThat(await(sync(vertx, BART)).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("nara.mesh failed", "broken"));
  }

  @Test
  void a_sync_that_takes_too_long_answers_with_what_came(Vertx vertx) throws Exception {
    mesh(vertx, request -> Promise.<FetchOutcome>promise().future());
    await(
        vertx.deployVerticle(
            new CheckpointSyncVerticle(
                CheckpointSyncConfig.defaults(), new Random(1), Duration.ofMillis(50))));

    assertThat(await(sync(vertx, BART)).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("not through after"));
  }

  @Test
  void stopping_answers_who_waits_at_once(Vertx vertx) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    mesh(
        vertx,
        request -> {
          reached.countDown();
          return Promise.<FetchOutcome>promise().future();
        });
    String id = deploy(vertx);
    Future<SyncResult> waiting = sync(vertx, BART);
    assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

    await(vertx.undeploy(id));

    assertThat(await(waiting).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("stopped"));
  }

  private void mesh(Vertx vertx, Function<MeshRequest<?>, Future<FetchOutcome>> onRequest) {
    Bus.of(vertx).serve(MeshRequest.ADDRESS, MeshRequest.class, onRequest::apply);
  }

  private static String deploy(Vertx vertx) throws Exception {
    return await(
        vertx.deployVerticle(
            new CheckpointSyncVerticle(CheckpointSyncConfig.defaults(), new Random(1))));
  }

  private static Future<SyncResult> sync(Vertx vertx, Peer... peers) {
    return Bus.of(vertx)
        .request(CheckpointSyncRequest.ADDRESS, new Sync(List.of(peers)), Duration.ofSeconds(20));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
