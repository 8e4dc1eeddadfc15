package nara.checkpoint;

import static nara.checkpoint.Outcomes.lastPage;
import static nara.checkpoint.Outcomes.page;
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
import nara.checkpoint.CheckpointRequest.PeerAnswer;
import nara.checkpoint.CheckpointRequest.Sync;
import nara.checkpoint.CheckpointRequest.Synced;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Peer;
import nara.trust.TrustRequest.Offered;
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
          MeshRequest.Fetch fetch = (MeshRequest.Fetch) request;
          boolean first = ((Query.Page) fetch.query()).after() == Long.MIN_VALUE;
          return Future.succeededFuture(
              fetch.peer().equals(LISA)
                  ? Outcomes.failed(MeshFailure.UNREACHABLE)
                  : first ? page(1_000, 77) : lastPage(5));
        });
    deploy(vertx);

    Synced synced = await(sync(vertx, BART, LISA));

    assertThat(synced.enough()).isFalse();
    assertThat(synced.answers())
        .containsExactlyInAnyOrder(
            new PeerAnswer("bart", 2, 0, "", 502_500, 1_005, Outcomes.offered(1_005, 0, 0)),
            new PeerAnswer("lisa", 2, 2, "UNREACHABLE for a test", 0, 0, Offered.NOTHING));
  }

  @Test
  void without_a_mesh_it_says_so(Vertx vertx) throws Exception {
    deploy(vertx);

    assertThat(await(sync(vertx, BART)).answers())
        .containsExactly(
            new PeerAnswer("bart", 1, 1, "the mesh is not there", 0, 0, Offered.NOTHING));
  }

  @Test
  void without_peers_the_answer_comes_at_once(Vertx vertx) throws Exception {
    deploy(vertx);

    assertThat(await(sync(vertx))).isEqualTo(new Synced(List.of(), false));
  }

  @Test
  void a_defect_of_the_mesh_costs_that_peer_and_is_told(Vertx vertx) throws Exception {
    mesh(vertx, request -> Future.failedFuture("broken"));
    deploy(vertx);

    assertThat(await(sync(vertx, BART)).answers())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("the mesh failed", "broken"));
  }

  @Test
  void a_sync_that_takes_too_long_answers_with_what_came(Vertx vertx) throws Exception {
    mesh(vertx, request -> Promise.<FetchOutcome>promise().future());
    await(
        vertx.deployVerticle(
            new CheckpointSyncVerticle(
                CheckpointConfig.defaults(), new Random(1), Duration.ofMillis(50))));

    assertThat(await(sync(vertx, BART)).answers())
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
    Future<Synced> waiting = sync(vertx, BART);
    assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

    await(vertx.undeploy(id));

    assertThat(await(waiting).answers())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("stopped"));
  }

  private void mesh(Vertx vertx, Function<MeshRequest<?>, Future<FetchOutcome>> onRequest) {
    Bus.of(vertx).serve(MeshRequest.ADDRESS, MeshRequest.class, onRequest::apply);
  }

  private static String deploy(Vertx vertx) throws Exception {
    return await(
        vertx.deployVerticle(
            new CheckpointSyncVerticle(CheckpointConfig.defaults(), new Random(1))));
  }

  private static Future<Synced> sync(Vertx vertx, Peer... peers) {
    return Bus.of(vertx)
        .ask(CheckpointRequest.ADDRESS, new Sync(List.of(peers)), Duration.ofSeconds(20));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
