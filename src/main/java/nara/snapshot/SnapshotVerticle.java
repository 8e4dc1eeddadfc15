package nara.snapshot;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.snapshot.SnapshotReader.EndOfSnapshot;
import nara.snapshot.SnapshotReader.EventsPart;
import nara.snapshot.SnapshotReader.KeysPart;
import nara.snapshot.SnapshotRequest.RestoreResult;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.snapshot.SnapshotRequest.SnapshotUnusable;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the ledger down at intervals and when the node stops, and brings it back at the start. The
 * disk is touched on worker threads only.
 *
 * <p>Deploy it after the ledger and before everything that changes it, so that it stops, and writes
 * for the last time, after all of that has.
 */
public final class SnapshotVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotVerticle.class);

  private final SnapshotConfig config;
  private final byte[] key;
  private final Keyring keys;
  private final InstantSource clock;

  private Bus bus;
  private SnapshotFile file;
  private long timer = -1;
  private boolean restored;
  private final LogOnce failures = new LogOnce(LOG::warn);
  private Future<?> lastWrite = Future.succeededFuture();

  /**
   * The snapshots of one node.
   *
   * @param key 32 bytes that only this node's soul gives, to seal with
   * @param keys written down, and learned from a sealed snapshot
   */
  public SnapshotVerticle(SnapshotConfig config, byte[] key, Keyring keys, InstantSource clock) {
    this.config = config;
    this.key = key.clone();
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    return onDisk(() -> SnapshotFile.lock(config.file(), key))
        .onSuccess(locked -> file = locked)
        .compose(
            locked ->
                bus.serve(SnapshotRequest.ADDRESS, SnapshotRequest.class, this::onRequest)
                    .completion());
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return write()
        .eventually(
            () ->
                onDisk(
                    () -> {
                      file.close();
                      return null;
                    }));
  }

  private Future<? extends BusMessage> onRequest(SnapshotRequest<?> request) {
    return switch (request) {
      case SnapshotRequest.RestoreSnapshot restoreSnapshot -> onRestore();
    };
  }

  private Future<? extends BusMessage> onRestore() {
    Instant began = clock.instant();
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL)
        .compose(stats -> onDisk(() -> file.open(stats.hardLimit())))
        .compose(opened -> opened.map(this::restore).orElseGet(this::notFound))
        .<RestoreResult>map(
            restoreTotals ->
                restoreTotals.toResult(config.file(), Duration.between(began, clock.instant())))
        .recover(this::onRestoreFailed)
        .onSuccess(this::onRestored);
  }

  private Future<RestoreResult> onRestoreFailed(Throwable failure) {
    return failure instanceof IOException
        ? Future.succeededFuture(
            new SnapshotUnusable(
                "%s cannot be used (%s); mend it or move it away"
                    .formatted(config.file(), failure.getMessage())))
        : Future.failedFuture(failure);
  }

  private void onRestored(RestoreResult restoreResult) {
    if (restoreResult instanceof SnapshotRestored done) {
      restored = true;
      timer = vertx.setPeriodic(config.interval().toMillis(), fired -> write());
      if (done.sealed() || !done.found()) {
        LOG.info("{}", done.sentence());
      } else {
        LOG.warn("{}", done.sentence());
      }
    }
  }

  private Future<RestoreTotals> notFound() {
    return Future.succeededFuture(RestoreTotals.notFound());
  }

  private Future<RestoreTotals> restore(SnapshotReader reader) {
    return restoreParts(reader, RestoreTotals.of(reader.sealed()))
        .compose(this::judgeQuarantined)
        .eventually(
            () ->
                onDisk(
                    () -> {
                      reader.close();
                      return null;
                    }));
  }

  /** Takes part after part, each when the one before is merged. */
  private Future<RestoreTotals> restoreParts(SnapshotReader reader, RestoreTotals restoreTotals) {
    return onDisk(reader::next)
        .compose(
            part ->
                switch (part) {
                  case KeysPart learned ->
                      restoreParts(reader, restoreTotals.withKeys(learn(learned)));
                  case EventsPart eventsPart ->
                      bus.request(TrustRequest.ADDRESS, offer(eventsPart), Timeouts.MERGE)
                          .compose(
                              offerResult ->
                                  restoreParts(reader, restoreTotals.withOffered(offerResult)));
                  case EndOfSnapshot endOfSnapshot ->
                      Future.succeededFuture(restoreTotals.withTrouble(endOfSnapshot.trouble()));
                });
  }

  private int learn(KeysPart learned) {
    learned.entries().forEach(e -> keys.learn(e.name(), e.id(), e.key(), e.origin()));
    return learned.entries().size();
  }

  /**
   * Only what was found valid is believed: other verdicts cost little to give again, and may be
   * better by now, since they hang on the keys that are known.
   */
  private TrustRequest<OfferResult> offer(EventsPart eventsPart) {
    return eventsPart.valid()
        ? new TrustRequest.RestoreEvents(eventsPart.events())
        : new TrustRequest.OfferEvents(config.file().toString(), eventsPart.events());
  }

  /** What came before its emitter's announcement can be judged now. */
  private Future<RestoreTotals> judgeQuarantined(RestoreTotals restoreTotals) {
    return restoreTotals.offerResult().quarantined() == 0
        ? Future.succeededFuture(restoreTotals)
        : bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyQuarantined(), Timeouts.MERGE)
            .map(restoreTotals::withRejudged);
  }

  /** Writes once what is being written is done. A failure is said, and tried again next time. */
  private Future<?> write() {
    if (!restored) {
      return Future.succeededFuture();
    }
    lastWrite =
        lastWrite
            .transform(
                ended ->
                    bus.request(
                        LedgerRequest.ADDRESS, new LedgerRequest.ExportVariants(), Timeouts.LOCAL))
            .compose(
                held ->
                    onDisk(
                        () -> {
                          file.write(Snapshot.of(clock.instant(), keys, held.events()));
                          return null;
                        }))
            .onSuccess(done -> failures.clear())
            .onFailure(this::onWriteFailed)
            .otherwiseEmpty();
    return lastWrite;
  }

  private void onWriteFailed(Throwable failure) {
    failures.log(
        "Cannot write the snapshot; the previous one stays: file=%s error=%s"
            .formatted(config.file(), failure));
  }

  private <T> Future<T> onDisk(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }
}
