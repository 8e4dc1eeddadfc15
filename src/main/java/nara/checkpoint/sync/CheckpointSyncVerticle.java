package nara.checkpoint.sync;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.checkpoint.sync.CheckpointSync.PageRequest;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.wire.MeshFailure;

/**
 * Fetches checkpoints from neighbours as {@link CheckpointSync} decides.
 *
 * <p>The mesh replies after the events of a page are verified and merged. So this verticle holds no
 * events, and requests the next page when the one before is in the ledger.
 */
public final class CheckpointSyncVerticle extends VerticleBase {
  /** One sync in all, with any number of slow or hostile peers. */
  static final Duration SYNC_TIMEOUT = Duration.ofMinutes(10);

  private final CheckpointSyncConfig config;
  private final RandomGenerator random;
  private final Duration syncTimeout;

  private final Map<CheckpointSync, Promise<SyncResult>> inFlight = new LinkedHashMap<>();
  private Bus bus;

  public CheckpointSyncVerticle(CheckpointSyncConfig config, RandomGenerator random) {
    this(config, random, SYNC_TIMEOUT);
  }

  CheckpointSyncVerticle(
      CheckpointSyncConfig config, RandomGenerator random, Duration syncTimeout) {
    this.config = config;
    this.random = random;
    this.syncTimeout = syncTimeout;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    bus.serve(CheckpointSyncRequest.ADDRESS, CheckpointSyncRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    List.copyOf(inFlight.keySet())
        .forEach(sync -> abandon(sync, "the node stopped before the sync ended"));
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(CheckpointSyncRequest<?> request) {
    return switch (request) {
      case CheckpointSyncRequest.Sync sync -> onSync(sync);
    };
  }

  private Future<SyncResult> onSync(CheckpointSyncRequest.Sync request) {
    CheckpointSync sync = new CheckpointSync(request.peers(), config, random);
    Promise<SyncResult> promise = Promise.promise();
    inFlight.put(sync, promise);
    sendRequests(sync, sync.nextRequests());
    long timer =
        vertx.setTimer(
            syncTimeout.toMillis(),
            due -> abandon(sync, "the sync did not end within " + syncTimeout.toSeconds() + " s"));
    return promise.future().onComplete(ended -> vertx.cancelTimer(timer));
  }

  private void abandon(CheckpointSync sync, String reason) {
    if (inFlight.containsKey(sync)) {
      inFlight.remove(sync).complete(sync.abandon(reason));
    }
  }

  private void onFetched(CheckpointSync sync, PageRequest request, FetchOutcome outcome) {
    if (inFlight.containsKey(sync)) {
      sendRequests(sync, sync.onOutcome(request, outcome));
    }
  }

  private void sendRequests(CheckpointSync sync, List<PageRequest> requests) {
    for (PageRequest request : requests) {
      fetch(request.request()).onSuccess(outcome -> onFetched(sync, request, outcome));
    }
    if (sync.isDone() && inFlight.containsKey(sync)) {
      inFlight.remove(sync).complete(sync.result());
    }
  }

  private Future<FetchOutcome> fetch(MeshRequest<FetchOutcome> request) {
    return bus.request(
            MeshRequest.ADDRESS, request, config.timeout().plus(Timeouts.MERGE_ALLOWANCE))
        .otherwise(CheckpointSyncVerticle::fetchFailure);
  }

  private static FetchOutcome fetchFailure(Throwable failure) {
    MeshFailure kind =
        switch (BusFailure.of(failure)) {
          case NOT_SERVED -> MeshFailure.STOPPING;
          case TIMEOUT -> MeshFailure.STALLED;
          case UNAVAILABLE, INTERNAL_ERROR -> MeshFailure.MALFORMED;
        };
    return new FetchFailed(kind, String.valueOf(failure.getMessage()));
  }
}
