package nara.cluster;

import com.hazelcast.map.listener.EntryAddedListener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.cluster.ClusterNotification.CaughtUp;
import nara.cluster.map.RecoveryProgress;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.Report;

/**
 * Stands where the coordinator would be, on a member that does not lead: says how far it is with
 * catching up, and tells {@link RecoveryNotification.RecoveryFinished} when the leader's recovery
 * is over, so that opinions form on every member.
 */
final class StandbyVerticle extends VerticleBase {
  /** In case the map's event is lost with the member that sends it. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  private static final Report EMPTY_REPORT = Report.empty("running");

  private final ClusterMember member;

  private Bus bus;
  private WorkerExecutor worker;
  private RecoveryProgress recoveryProgress;
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
    recoveryProgress = new RecoveryProgress(member.hazelcast());
    caughtUp = !member.config().has(Role.LEDGER);
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    vertx.setPeriodic(1, POLL_INTERVAL.toMillis(), fired -> pollReport());
    EntryAddedListener<String, byte[]> listener =
        added -> context.runOnContext(concluded -> pollReport());
    return bus.request(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus(), POLL_INTERVAL)
        .onSuccess(state -> caughtUp = state.caughtUp())
        .compose(
            state ->
                worker.executeBlocking(
                    () ->
                        registration =
                            recoveryProgress
                                .sharedMap()
                                .map()
                                .addEntryListener(listener, RecoveryProgress.REPORT_KEY, false)))
        // The look now and then finds it, too.
        .otherwiseEmpty();
  }

  @Override
  public Future<?> stop() {
    return worker
        .executeBlocking(
            () ->
                registration != null
                    && recoveryProgress.sharedMap().map().removeEntryListener(registration))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private void onNews(ClusterNotification news) {
    if (news instanceof CaughtUp now) {
      caughtUp = now.complete();
    }
  }

  private void pollReport() {
    if (report.isPresent() || polling || !member.hasQuorum()) {
      return;
    }
    polling = true;
    worker
        .executeBlocking(recoveryProgress::report)
        .onSuccess(
            found -> {
              if (report.isEmpty() && found.isPresent()) {
                report = found;
                bus.publish(
                    RecoveryNotification.ADDRESS,
                    new RecoveryNotification.RecoveryFinished(found.get()));
              }
            })
        .onComplete(looked -> polling = false);
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.GetRecoveryReport soFar ->
          Future.succeededFuture(
              new RecoveryRequest.CurrentReport(
                  caughtUp ? "standing by" : "catching up",
                  caughtUp && report.isPresent(),
                  report.orElse(EMPTY_REPORT)));
    };
  }
}
