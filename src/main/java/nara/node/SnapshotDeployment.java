package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.recovery.report.Report;
import nara.snapshot.SnapshotConfig;
import nara.snapshot.SnapshotRequest;
import nara.snapshot.SnapshotVerticle;

/** What a node with a snapshot does with it before its recovery; troubles become sentences. */
final class SnapshotDeployment {
  /** How long it may take to stop: 320,000 events are written in some seconds. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  private final SnapshotConfig config;
  private final Identity me;

  SnapshotDeployment(SnapshotConfig config, Identity me) {
    this.config = config;
    this.me = me;
  }

  /** The id of the verticle that writes it. */
  Future<String> deploy(Vertx vertx, Keyring keys, InstantSource clock) {
    byte[] seal = me.soul().derivedKey("nara:snapshot:v1", "seal");
    return vertx
        .deployVerticle(new SnapshotVerticle(config, seal, keys, clock))
        .recover(SnapshotDeployment::onDeployFailed);
  }

  /** Reads it back; how that went, for the recovery's report. */
  Future<Report.StageReport> restore(Bus bus) {
    return bus.request(
            SnapshotRequest.ADDRESS, new SnapshotRequest.RestoreSnapshot(), Timeouts.IMPORT)
        .compose(SnapshotDeployment::onRestored);
  }

  private static Future<Report.StageReport> onRestored(
      SnapshotRequest.RestoreResult restoreResult) {
    return switch (restoreResult) {
      case SnapshotRequest.SnapshotUnusable snapshotUnusable ->
          Future.failedFuture(
              new NodeStartException("memory.snapshot: " + snapshotUnusable.sentence()));
      case SnapshotRequest.SnapshotRestored r -> {
        String outcome = r.found() ? r.sealed() ? "complete" : "partial" : "skipped";
        yield Future.succeededFuture(
            new Report.StageReport("snapshot", outcome, r.sentence(), 0, r.durationMillis()));
      }
    };
  }

  /** What is wrong with a file or its directory is the operator's to mend. */
  private static Future<String> onDeployFailed(Throwable failure) {
    return Future.failedFuture(
        failure instanceof IOException
            ? new NodeStartException("memory.snapshot: " + failure.getMessage())
            : failure);
  }
}
