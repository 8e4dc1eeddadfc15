package nara.snapshot;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.snapshot.SnapshotReader.End;
import nara.snapshot.SnapshotReader.Events;
import nara.snapshot.SnapshotReader.Keys;
import nara.snapshot.SnapshotRequest.Restoration;
import nara.snapshot.SnapshotRequest.Restored;
import nara.snapshot.SnapshotRequest.Unusable;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Offered;
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

  /** The ledger lists what it holds in well under a second. */
  private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(60);

  /** One part is 5,000 events: verified anew by the slowest verifier, a second or two. */
  private static final Duration PART_TIMEOUT = Duration.ofMinutes(2);

  private final SnapshotConfig config;
  private final byte[] key;
  private final Keyring keys;
  private final InstantSource clock;

  private Bus bus;
  private SnapshotFile file;
  private long timer = -1;
  private boolean restored;
  private boolean troubled;
  private Future<?> previous = Future.succeededFuture();

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
      case SnapshotRequest.Restore restore -> onRestore();
    };
  }

  private Future<? extends BusMessage> onRestore() {
    Instant began = clock.instant();
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Stats(), LEDGER_TIMEOUT)
        .compose(stats -> onDisk(() -> file.open(stats.ceiling())))
        .compose(opened -> opened.map(this::restore).orElseGet(this::nothing))
        .<Restoration>map(
            account -> account.restored(config.file(), Duration.between(began, clock.instant())))
        .recover(this::unusable)
        .onSuccess(this::afterwards);
  }

  private Future<Restoration> unusable(Throwable failure) {
    return failure instanceof IOException
        ? Future.succeededFuture(
            new Unusable(
                "%s cannot be used (%s); mend it or move it away"
                    .formatted(config.file(), failure.getMessage())))
        : Future.failedFuture(failure);
  }

  private void afterwards(Restoration restoration) {
    if (restoration instanceof Restored done) {
      restored = true;
      timer = vertx.setPeriodic(config.every().toMillis(), fired -> write());
      if (done.sealed() || !done.found()) {
        LOG.info("{}", done.sentence());
      } else {
        LOG.warn("{}", done.sentence());
      }
    }
  }

  private Future<Account> nothing() {
    return Future.succeededFuture(Account.nothing());
  }

  private Future<Account> restore(SnapshotReader reader) {
    return parts(reader, Account.of(reader.sealed()))
        .compose(this::judgeWaiting)
        .eventually(
            () ->
                onDisk(
                    () -> {
                      reader.close();
                      return null;
                    }));
  }

  /** Takes part after part, each when the one before is merged. */
  private Future<Account> parts(SnapshotReader reader, Account account) {
    return onDisk(reader::next)
        .compose(
            part ->
                switch (part) {
                  case Keys learned -> parts(reader, account.withKeys(learn(learned)));
                  case Events events ->
                      bus.ask(TrustRequest.ADDRESS, offer(events), PART_TIMEOUT)
                          .compose(offered -> parts(reader, account.with(offered)));
                  case End end -> Future.succeededFuture(account.ended(end.trouble()));
                });
  }

  private int learn(Keys learned) {
    learned.entries().forEach(e -> keys.learn(e.name(), e.id(), e.key(), e.origin()));
    return learned.entries().size();
  }

  /**
   * Only what was found valid is believed: other verdicts cost little to give again, and may be
   * better by now, since they hang on the keys that are known.
   */
  private TrustRequest<Offered> offer(Events events) {
    return events.valid()
        ? new TrustRequest.Restore(events.json(), events.spans())
        : new TrustRequest.Offer(config.file().toString(), events.json(), events.spans());
  }

  /** What came before its emitter's announcement can be judged now. */
  private Future<Account> judgeWaiting(Account account) {
    return account.offered().quarantined() == 0
        ? Future.succeededFuture(account)
        : bus.ask(TrustRequest.ADDRESS, new TrustRequest.JudgeQuarantined(), PART_TIMEOUT)
            .map(account::judgedAgain);
  }

  /** Writes once what is being written is done. A failure is said, and tried again next time. */
  private Future<?> write() {
    if (!restored) {
      return Future.succeededFuture();
    }
    previous =
        previous
            .transform(
                ended ->
                    bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.AllForms(), LEDGER_TIMEOUT))
            .compose(
                held ->
                    onDisk(
                        () -> {
                          file.write(Snapshot.of(clock.instant(), keys, held.events()));
                          return null;
                        }))
            .onSuccess(done -> troubled = false)
            .onFailure(this::unwritten)
            .otherwiseEmpty();
    return previous;
  }

  private void unwritten(Throwable failure) {
    if (!troubled) {
      troubled = true;
      LOG.warn(
          "the snapshot {} cannot be written, the one before stays: {}",
          config.file(),
          failure.toString());
    }
  }

  private <T> Future<T> onDisk(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }
}
