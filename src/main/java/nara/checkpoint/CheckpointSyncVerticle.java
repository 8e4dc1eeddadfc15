package nara.checkpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.checkpoint.CheckpointRequest.Synced;
import nara.checkpoint.CheckpointSync.Ask;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;

/**
 * Fetches checkpoints from neighbours: carries out what {@link CheckpointSync} says.
 *
 * <p>The mesh offers what it fetched for judging and answers when it is merged, so nothing is held
 * here, and a peer is asked for the next page when the one before is in the ledger.
 */
public final class CheckpointSyncVerticle extends VerticleBase {
  // Beyond a request's own timeout: judging and merging, which the mesh bounds by two minutes. This
  // is for a mesh that does not answer at all.
  private static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(3);

  /** How long one sync may take in all, however many slow or hostile peers there are. */
  static final Duration SYNC_TIMEOUT = Duration.ofMinutes(10);

  private final CheckpointConfig config;
  private final RandomGenerator random;
  private final Duration syncTimeout;

  private final Map<CheckpointSync, Promise<Synced>> running = new LinkedHashMap<>();
  private Bus bus;

  /**
   * The checkpoint sync of one node.
   *
   * @param random draws the order of the peers
   */
  public CheckpointSyncVerticle(CheckpointConfig config, RandomGenerator random) {
    this(config, random, SYNC_TIMEOUT);
  }

  CheckpointSyncVerticle(CheckpointConfig config, RandomGenerator random, Duration syncTimeout) {
    this.config = config;
    this.random = random;
    this.syncTimeout = syncTimeout;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    bus.serve(CheckpointRequest.ADDRESS, CheckpointRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    List.copyOf(running.keySet())
        .forEach(sync -> abandon(sync, "the node stopped before it was through"));
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(CheckpointRequest<?> request) {
    return switch (request) {
      case CheckpointRequest.Sync sync -> onSync(sync);
    };
  }

  private Future<Synced> onSync(CheckpointRequest.Sync request) {
    CheckpointSync sync = new CheckpointSync(request.peers(), config, random);
    Promise<Synced> answer = Promise.promise();
    running.put(sync, answer);
    carryOut(sync, sync.begin());
    long timer =
        vertx.setTimer(
            syncTimeout.toMillis(),
            due -> abandon(sync, "not through after " + syncTimeout.toSeconds() + " s"));
    return answer.future().onComplete(ended -> vertx.cancelTimer(timer));
  }

  private void abandon(CheckpointSync sync, String why) {
    if (running.containsKey(sync)) {
      running.remove(sync).complete(sync.abandoned(why));
    }
  }

  private void onFetched(CheckpointSync sync, Ask ask, FetchOutcome outcome) {
    if (running.containsKey(sync)) {
      carryOut(sync, sync.answered(ask, outcome));
    }
  }

  private void carryOut(CheckpointSync sync, List<Ask> asks) {
    for (Ask ask : asks) {
      fetch(ask.request()).onSuccess(outcome -> onFetched(sync, ask, outcome));
    }
    if (sync.done() && running.containsKey(sync)) {
      running.remove(sync).complete(sync.result());
    }
  }

  private Future<FetchOutcome> fetch(MeshRequest<FetchOutcome> request) {
    return bus.ask(MeshRequest.ADDRESS, request, config.timeout().plus(MERGE_ALLOWANCE))
        .otherwise(CheckpointSyncVerticle::failed);
  }

  private static FetchOutcome failed(Throwable failure) {
    return failure instanceof ReplyException reply
        ? switch (reply.failureType()) {
          case NO_HANDLERS -> new FetchFailed(MeshFailure.STOPPING, "the mesh is not there");
          case TIMEOUT -> new FetchFailed(MeshFailure.STALLED, "the mesh did not answer in time");
          case RECIPIENT_FAILURE, ERROR ->
              new FetchFailed(MeshFailure.MALFORMED, "the mesh failed: " + reply.getMessage());
        }
        : new FetchFailed(MeshFailure.STOPPING, "the mesh could not be asked: " + failure);
  }
}
