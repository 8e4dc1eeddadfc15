package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.lastPage;
import static nara.checkpoint.sync.FetchOutcomes.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import nara.checkpoint.sync.CheckpointSyncRequest.PeerSyncResult;
import nara.checkpoint.sync.CheckpointSyncRequest.Sync;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.FetchPage;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.testing.FakeBus;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointSyncVerticleTest {
  private static final Peer BART = new Peer("bart", "10.0.0.1");
  private static final Peer LISA = new Peer("lisa", "10.0.0.2");

  private final FakeBus bus = new FakeBus();

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void checkpoints_of_each_peer_are_fetched_to_the_end() {
    bus.reply(
        MeshRequest.ADDRESS,
        FetchPage.class,
        fetch -> {
          boolean first = ((Query.Page) fetch.query()).after() == Long.MIN_VALUE;
          return fetch.peer().equals(LISA)
              ? FetchOutcomes.failed(MeshFailure.UNREACHABLE)
              : first ? page(1_000, 77) : lastPage(5);
        });
    deploy();

    SyncResult result = FakeBus.await(sync(BART, LISA));

    assertThat(result.enoughPeers()).isFalse();
    assertThat(result.peerResults())
        .containsExactlyInAnyOrder(
            new PeerSyncResult(
                "bart", 2, 0, true, "", 502_500, 1_005, FetchOutcomes.offered(1_005, 0, 0)),
            new PeerSyncResult(
                "lisa", 2, 2, false, "UNREACHABLE for a test", 0, 0, OfferResult.NONE));
  }

  @Test
  void sync_reports_a_missing_mesh() {
    deploy();

    assertThat(FakeBus.await(sync(BART)).peerResults())
        .containsExactly(
            new PeerSyncResult(
                "bart", 1, 1, false, "no verticle serves nara.mesh", 0, 0, OfferResult.NONE));
  }

  @Test
  void sync_without_peers_ends_at_once() {
    deploy();

    assertThat(FakeBus.await(sync())).isEqualTo(new SyncResult(List.of(), false));
  }

  @Test
  void internal_error_of_the_mesh_fails_that_peer() {
    bus.replyAsync(MeshRequest.ADDRESS, FetchPage.class, fetch -> Future.failedFuture("broken"));
    bus.replyAsync(
        MeshRequest.ADDRESS,
        MeshRequest.FetchCheckpointPage.class,
        fetch -> Future.failedFuture("broken"));
    deploy();

    assertThat(FakeBus.await(sync(BART)).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("nara.mesh failed", "broken"));
  }

  @Test
  void sync_ends_with_a_partial_result_after_its_timeout() {
    bus.hold(MeshRequest.ADDRESS, FetchPage.class);
    bus.deploy(
        new CheckpointSyncVerticle(
            CheckpointSyncConfig.defaults(), new Random(1), Duration.ofMillis(50)));

    assertThat(FakeBus.await(sync(BART)).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("did not end within"));
  }

  @Test
  void running_sync_ends_when_the_verticle_stops() {
    BlockingQueue<Promise<FetchOutcome>> requests = bus.hold(MeshRequest.ADDRESS, FetchPage.class);
    String deployment = deploy();
    Future<SyncResult> waiting = sync(BART);
    FakeBus.next(requests);

    bus.undeploy(deployment);

    assertThat(FakeBus.await(waiting).peerResults())
        .singleElement()
        .satisfies(answer -> assertThat(answer.reason()).contains("stopped"));
  }

  private String deploy() {
    return bus.deploy(new CheckpointSyncVerticle(CheckpointSyncConfig.defaults(), new Random(1)));
  }

  private Future<SyncResult> sync(Peer... peers) {
    return bus.send(CheckpointSyncRequest.ADDRESS, new Sync(List.of(peers)));
  }
}
