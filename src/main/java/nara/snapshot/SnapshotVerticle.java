package nara.snapshot;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.event.json.RawEvents;
import nara.file.FileFault;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.snapshot.SnapshotReader.EndOfSnapshot;
import nara.snapshot.SnapshotReader.EventsPart;
import nara.snapshot.SnapshotReader.KeysPart;
import nara.snapshot.SnapshotRequest.RestoreResult;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.snapshot.SnapshotRequest.SnapshotState;
import nara.snapshot.SnapshotRequest.SnapshotUnusable;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Restores the ledger from its snapshot at the start, and writes a snapshot at intervals and at the
 * stop. Only worker threads access the disk.
 *
 * <p>Deploy it after the ledger and before every part that changes the ledger. Then it stops last
 * and writes the final state.
 */
public final class SnapshotVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotVerticle.class);

  private static final String KEPT = "; the file is kept as .unsealed beside it";
  private static final String HARDWARE_HINT =
      "; this node's soul comes from the hardware and may have changed since: to be the former nara"
          + " again, set identity.soul_file to its soul";

  private final SnapshotConfig config;
  private final String foreignHint;
  private final byte[] key;
  private final Keyring keys;
  private final Scheduler clock;

  private Bus bus;
  private SnapshotFile file;
  private long timer = -1;
  private boolean restored;
  private volatile String lastError = "";

  /** The bytes of other parts, by name. */
  private final Map<String, byte[]> sections = new HashMap<>();

  private final LogOnce failures = new LogOnce(LOG::warn);
  private Future<Optional<Integer>> lastWrite = Future.succeededFuture(Optional.empty());

  /**
   * The snapshots of one node.
   *
   * @param key 32 bytes derived from the node's soul, for the seal
   * @param keys the keyring that is written and restored
   * @param nativeSoul whether the soul comes from the hardware, which may change
   */
  public SnapshotVerticle(
      SnapshotConfig config, byte[] key, Keyring keys, Scheduler clock, boolean nativeSoul) {
    this.foreignHint = KEPT + (nativeSoul ? HARDWARE_HINT : "");
    this.config = config;
    this.key = key.clone();
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    return onDisk(() -> SnapshotFile.lock(config.file(), key))
        .onSuccess(this::onLocked)
        .compose(
            locked ->
                bus.serve(SnapshotRequest.ADDRESS, SnapshotRequest.class, this::onRequest)
                    .completion());
  }

  private void onLocked(SnapshotFile locked) {
    file = locked;
    if (!locked.isReplaceable()) {
      LOG.warn(
          "The snapshot can only be written in place, where a power failure can damage it; mount"
              + " its directory instead of the file; file={}",
          config.file());
    }
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return write().onSuccess(this::logLastWrite).eventually(() -> closeOnDisk(file));
  }

  private void logLastWrite(Optional<Integer> events) {
    if (events.isPresent()) {
      LOG.info("Wrote the snapshot; file={} events={}", config.file(), events.get());
    } else if (restored) {
      LOG.warn(
          "Stopping without a new snapshot; the previous one stays; file={} reason=\"{}\"",
          config.file(),
          lastError);
    } else {
      LOG.info("Wrote no snapshot, because the restore had not ended; file={}", config.file());
    }
  }

  private Future<? extends BusMessage> onRequest(SnapshotRequest<?> request) {
    return switch (request) {
      case SnapshotRequest.RestoreSnapshot restore -> onRestore();
      case SnapshotRequest.KeepSection keep -> {
        sections.put(keep.name(), keep.bytes());
        yield Future.succeededFuture(Done.DONE);
      }
      case SnapshotRequest.ReadSection read ->
          Future.succeededFuture(
              new SnapshotRequest.SectionBytes(Optional.ofNullable(sections.get(read.name()))));
      case SnapshotRequest.GetSnapshotState get -> onDisk(this::state);
    };
  }

  private SnapshotState state() throws IOException {
    Optional<SnapshotFile.Written> written = file.written();
    return new SnapshotState(
        written.map(SnapshotFile.Written::at),
        written.map(SnapshotFile.Written::bytes).orElse(0L),
        config.interval().toSeconds(),
        lastError);
  }

  private Future<? extends BusMessage> onRestore() {
    long start = clock.nanoTime();
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL)
        .compose(stats -> onDisk(() -> file.open(stats.hardLimit())))
        .compose(
            opened ->
                opened
                    .map(this::restore)
                    .orElseGet(() -> Future.succeededFuture(new RestoreTotals(false, false))))
        .<RestoreResult>map(
            totals -> totals.toResult(config.file(), Duration.ofNanos(clock.nanoTime() - start)))
        .recover(this::onRestoreFailed)
        .onSuccess(this::onRestored);
  }

  private Future<RestoreResult> onRestoreFailed(Throwable failure) {
    if (!(failure instanceof IOException unusable)) {
      return Future.failedFuture(failure);
    }
    String mend =
        failure instanceof AccessDeniedException
            ? "make the user of this node its owner"
            : "repair it or move it away";
    return Future.succeededFuture(
        new SnapshotUnusable(
            "cannot use %s (%s); %s".formatted(config.file(), FileFault.reason(unusable), mend)));
  }

  private void onRestored(RestoreResult result) {
    if (result instanceof SnapshotRestored done) {
      restored = true;
      timer = vertx.setPeriodic(config.interval().toMillis(), fired -> write());
      boolean own = done.sealed() || !done.found();
      LOG.atLevel(own ? Level.INFO : Level.WARN).log(done.sentence() + (own ? "" : foreignHint));
    }
  }

  private Future<RestoreTotals> restore(SnapshotReader reader) {
    RestoreTotals totals = new RestoreTotals(true, reader.sealed());
    Future<?> nothing = Future.succeededFuture();
    return restoreParts(reader, new HashMap<>(), totals, nothing, nothing)
        .compose(end -> verifyQuarantined(totals))
        .eventually(() -> closeOnDisk(reader))
        .map(totals);
  }

  /**
   * Restores the parts in order. The next part is unpacked while trust verifies the part before,
   * and the ledger merges the one before that.
   *
   * @param verifiedWith the keys of the file so far, by name
   * @param older ends when the part before the last one is merged
   * @param last ends when the last part is merged
   */
  private Future<Void> restoreParts(
      SnapshotReader reader,
      Map<String, PublicKey> verifiedWith,
      RestoreTotals totals,
      Future<?> older,
      Future<?> last) {
    return onDisk(reader::next)
        .compose(
            part ->
                switch (part) {
                  // The parts before are verified with the keys that came before them.
                  case KeysPart found ->
                      last.compose(
                          merged -> {
                            for (SnapshotKey each : found.keys()) {
                              verifiedWith.put(each.entry().name(), each.entry().key());
                              totals.keysLearned += each.restore(keys) ? 1 : 0;
                            }
                            return restoreParts(reader, verifiedWith, totals, last, last);
                          });
                  case EventsPart events -> {
                    Future<OfferResult> offered =
                        bus.request(
                                TrustRequest.ADDRESS, offer(events, verifiedWith), Timeouts.MERGE)
                            .onSuccess(totals::add);
                    yield older.compose(
                        merged -> restoreParts(reader, verifiedWith, totals, last, offered));
                  }
                  case EndOfSnapshot end -> {
                    totals.problem = end.problem();
                    sections.putAll(reader.sections());
                    yield Future.join(older, last).mapEmpty();
                  }
                });
  }

  /**
   * Trusts only the verdict valid. The others cost little to give again and may be better now,
   * because they depend on the known keys.
   */
  private TrustRequest<OfferResult> offer(EventsPart part, Map<String, PublicKey> verifiedWith) {
    return part.valid()
        ? new TrustRequest.RestoreEvents(part.events(), Collections.unmodifiableMap(verifiedWith))
        : new TrustRequest.OfferEvents(OfferSource.SNAPSHOT, RawEvents.join(part.events()));
  }

  /** Verifies the events that came before their emitter's hey-there. */
  private Future<Void> verifyQuarantined(RestoreTotals totals) {
    return totals.quarantined > 0
        ? bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyQuarantined(), Timeouts.MERGE)
            .onSuccess(verified -> totals.eventsAdded += verified.added())
            .mapEmpty()
        : Future.succeededFuture();
  }

  /**
   * Writes a snapshot after the running write. A failure is logged; the next write retries.
   *
   * @return the number of events written; empty when nothing was
   */
  private Future<Optional<Integer>> write() {
    if (!restored) {
      return Future.succeededFuture(Optional.empty());
    }
    lastWrite =
        lastWrite
            .transform(
                ended ->
                    bus.request(
                        LedgerRequest.ADDRESS, new LedgerRequest.ExportVariants(), Timeouts.LOCAL))
            .compose(
                export -> {
                  Map<String, byte[]> kept = Map.copyOf(sections);
                  return onDisk(
                      () -> {
                        file.write(Snapshot.of(clock.instant(), keys, kept, export.events()));
                        return Optional.of(export.events().size());
                      });
                })
            .onSuccess(done -> onWritten())
            .onFailure(failure -> lastError = reason(failure))
            .onFailure(
                failure ->
                    failures.log(
                        "Cannot write the snapshot; the previous one stays: file=%s error=%s"
                            .formatted(config.file(), reason(failure))))
            .otherwise(Optional.empty());
    return lastWrite;
  }

  private static String reason(Throwable failure) {
    return failure instanceof IOException unwritable
        ? FileFault.reason(unwritable)
        : String.valueOf(failure);
  }

  private void onWritten() {
    failures.clear();
    lastError = "";
  }

  private Future<?> closeOnDisk(AutoCloseable resource) {
    return onDisk(
        () -> {
          resource.close();
          return null;
        });
  }

  private <T> Future<T> onDisk(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }
}
