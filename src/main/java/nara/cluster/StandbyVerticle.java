package nara.cluster;

import com.hazelcast.map.listener.EntryAddedListener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.cluster.ClusterNews.CaughtUp;
import nara.recovery.RecoveryNews;
import nara.recovery.RecoveryRequest;
import nara.recovery.Report;

/**
 * Stands where the coordinator would be, on a member that does not lead: says how far it is with
 * catching up, and tells {@link RecoveryNews.Finished} when the leader's recovery is over, so that
 * opinions form on every member.
 */
final class StandbyVerticle extends VerticleBase {
  /** In case the map's event is lost with the member that sends it. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private static final Report NOTHING_YET =
      new Report(
          "running",
          List.of(),
          "",
          0,
          List.of(),
          List.of(),
          new Report.Events(0, 0, 0, 0, 0, 0, Map.of()),
          new Report.Checkpoints(0, 0, 0, 0),
          0,
          new Report.Ledger(0, Map.of()));

  private final ClusterMember member;

  private Bus bus;
  private WorkerExecutor worker;
  private Progress progress;
  private UUID registration;
  private boolean caughtUp;
  private boolean looking;
  private Optional<Report> report = Optional.empty();

  StandbyVerticle(ClusterMember member) {
    this.member = member;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-standby", 1);
    progress = new Progress(member.hazelcast());
    caughtUp = !member.config().has(Role.LEDGER);
    bus.hear(ClusterNews.ADDRESS, ClusterNews.class, this::onNews);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    vertx.setPeriodic(1, LOOK_AGAIN.toMillis(), fired -> look());
    EntryAddedListener<String, byte[]> listener =
        added -> context.runOnContext(concluded -> look());
    return bus.ask(ClusterRequest.ADDRESS, new ClusterRequest.State(), LOOK_AGAIN)
        .onSuccess(state -> caughtUp = state.caughtUp())
        .compose(
            state ->
                worker.executeBlocking(
                    () ->
                        registration =
                            progress
                                .shared()
                                .map()
                                .addEntryListener(listener, Progress.REPORT, false)))
        // The look now and then finds it, too.
        .otherwiseEmpty();
  }

  @Override
  public Future<?> stop() {
    return worker
        .executeBlocking(
            () -> registration != null && progress.shared().map().removeEntryListener(registration))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private void onNews(ClusterNews news) {
    if (news instanceof CaughtUp now) {
      caughtUp = now.all();
    }
  }

  private void look() {
    if (report.isPresent() || looking || !member.quorate()) {
      return;
    }
    looking = true;
    worker
        .executeBlocking(progress::report)
        .onSuccess(
            found -> {
              if (report.isEmpty() && found.isPresent()) {
                report = found;
                bus.tell(RecoveryNews.ADDRESS, new RecoveryNews.Finished(found.get()));
              }
            })
        .onComplete(looked -> looking = false);
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.ReportSoFar soFar ->
          Future.succeededFuture(
              new RecoveryRequest.CurrentReport(
                  caughtUp ? "standing by" : "catching up",
                  caughtUp && report.isPresent(),
                  report.orElse(NOTHING_YET)));
    };
  }
}
