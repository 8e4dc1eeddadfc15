package nara.cluster;

import static nara.cluster.map.RecoveryProgress.REPORT_KEY;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.UnavailableException;
import nara.cluster.ClusterNotification.CaughtUp;
import nara.cluster.map.RecoveryProgress;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryNotification.RecoveryFinished;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.Report;

/**
 * Replaces the coordinator on a member that does not lead. It reports whether the member has caught
 * up, and publishes {@link RecoveryNotification.RecoveryFinished} when the leader's recovery is
 * over, so that opinions form on every member.
 */
final class StandbyVerticle extends VerticleBase {
  /** For the case that the map's notification is lost with the member that sends it. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  private static final Report EMPTY_REPORT = Report.empty("running");

  private final ClusterMember member;

  private Bus bus;
  private WorkerExecutor worker;
  private RecoveryProgress progress;
  private UUID registration;
  private boolean caughtUp;
  private boolean polling;
  private Optional<Report> report = Optional.empty();

  StandbyVerticle(ClusterMember member) {
    this.member = member;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-standby", 1);
    progress = new RecoveryProgress(member.hazelcast());
    caughtUp = !member.config().has(Role.LEDGER);
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNotification);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    vertx.setPeriodic(1, POLL_INTERVAL.toMillis(), id -> pollReport());
    EntryAddedListener<String, byte[]> listener =
        added -> context.runOnContext(none -> pollReport());
    IMap<String, byte[]> map = progress.sharedMap().map();
    return bus.request(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus(), POLL_INTERVAL)
        .onSuccess(status -> caughtUp = status.caughtUp())
        .compose(
            status ->
                worker.executeBlocking(
                    () -> registration = map.addEntryListener(listener, REPORT_KEY, false)))
        // The poll also finds the report.
        .otherwiseEmpty();
  }

  @Override
  public Future<?> stop() {
    return worker
        .executeBlocking(
            () ->
                registration != null
                    && progress.sharedMap().map().removeEntryListener(registration))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private void onNotification(ClusterNotification notification) {
    if (notification instanceof CaughtUp caught) {
      caughtUp = caught.complete();
    }
  }

  /** The leader may recover again at any time. */
  private void pollReport() {
    if (polling || !member.hasQuorum()) {
      return;
    }
    polling = true;
    worker
        .executeBlocking(progress::report)
        .onSuccess(
            found -> {
              if (found.isPresent() && !found.equals(report)) {
                report = found;
                bus.publish(RecoveryNotification.ADDRESS, new RecoveryFinished(found.get()));
              }
            })
        .onComplete(ended -> polling = false);
  }

  private String notReadyReason() {
    if (!caughtUp) {
      return "this member is catching up with the cluster";
    }
    return report.isEmpty() ? "the leader's recovery is running" : "";
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.GetRecoveryReport get ->
          Future.succeededFuture(
              new RecoveryRequest.CurrentReport(
                  caughtUp ? "standing by" : "catching up",
                  caughtUp && report.isPresent(),
                  report.orElse(EMPTY_REPORT),
                  notReadyReason()));
      case RecoveryRequest.StartRecovery start ->
          Future.failedFuture(
              new UnavailableException(
                  "this member does not lead its cluster; send the request to the leader"));
    };
  }
}
