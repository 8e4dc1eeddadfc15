package nara.cli;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Terminal;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.NodeStartException;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;

/**
 * A node as a command holds it: started, waited for, asked, stopped, from the command's thread.
 * Stops at the latest when the process is asked to end, and the process waits for that.
 */
final class RunningNode implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /** For a command to tell and write what was recovered until the process was asked to end. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private static final int IMPORT_BATCH = 5_000;

  private final NaraNode node;
  private final Promise<Report> finished;
  private final Thread shutdownHook = new Thread(this::onShutdown, "nara-stop");
  private final ReentrantLock stopLock = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean waitsForClose;
  private boolean stopped;

  private RunningNode(NaraNode node, Promise<Report> finished) {
    this.node = node;
    this.finished = finished;
  }

  /** What is done once ledger and judge are there, before anybody is asked or served. */
  interface Preparation {
    Future<?> prepare(NaraNode node);

    /** Nothing is to be prepared. */
    Preparation NONE = node -> Future.succeededFuture();
  }

  /**
   * Starts a node and its recovery.
   *
   * @param onProgress called on an event loop
   * @throws CommandFailure when it cannot start, with the reason
   */
  static RunningNode start(
      NodeConfig config,
      Identity me,
      Scheduler clock,
      Preparation preparation,
      Consumer<RecoveryNotification.RecoveryProgressed> onProgress) {
    Promise<Report> finished = Promise.promise();
    Future<NaraNode> starting =
        NaraNode.start(
            config,
            me,
            clock,
            RandomGenerator.getDefault(),
            node -> {
              node.bus()
                  .subscribe(
                      RecoveryNotification.ADDRESS,
                      RecoveryNotification.class,
                      news -> {
                        switch (news) {
                          case RecoveryNotification.RecoveryProgressed progressed ->
                              onProgress.accept(progressed);
                          case RecoveryNotification.RecoveryFinished done ->
                              finished.tryComplete(done.report());
                        }
                      });
              return preparation.prepare(node);
            });
    RunningNode running = new RunningNode(awaitStart(starting), finished);
    Runtime.getRuntime().addShutdownHook(running.shutdownHook);
    return running;
  }

  /**
   * From now on, when the process is asked to end, the recovery ends with what it has, and the
   * process waits until the command has closed this.
   */
  RunningNode waitingForCloseOnShutdown() {
    waitsForClose = true;
    return this;
  }

  private void onShutdown() {
    if (waitsForClose) {
      node.endRecovery();
      try {
        closed.await(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    stop();
  }

  NaraNode node() {
    return node;
  }

  /** The report of the recovery, once it is done, however long it takes. */
  Report report() {
    return Blocking.await(finished.future(), Duration.ofDays(365));
  }

  /** The recovery's end, without waiting for it. */
  Future<Report> finished() {
    return finished.future();
  }

  /** Everything that the ledger holds, in ascending time. */
  List<Event> export() {
    return Blocking.await(
            node.bus()
                .request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), Timeouts.LOCAL),
            Timeouts.LOCAL)
        .events();
  }

  /** Stops the node; only the first call does anything, and every call returns when it is done. */
  void stop() {
    stopLock.lock();
    try {
      if (!stopped) {
        stopped = true;
        Blocking.await(node.stop(), STOP_TIMEOUT);
      }
    } finally {
      stopLock.unlock();
    }
  }

  @Override
  public void close() {
    stop();
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException ending) {
      // The process is ending and the hook has run or will: the node is stopped either way.
      return;
    }
  }

  /** Offers the events of a file to the node's judge; tells what became of them when it is done. */
  static Preparation importing(Path path, Terminal terminal) {
    return node -> {
      Promise<Void> done = Promise.promise();
      // Reading a file waits for the disk, and each batch for its merge: on a thread of its own.
      Thread.ofVirtual().start(() -> done.handle(importFrom(node, path, terminal)));
      return done.future();
    };
  }

  private static AsyncResult<Void> importFrom(NaraNode node, Path path, Terminal terminal) {
    long received = 0;
    long added = 0;
    long held = 0;
    long refused = 0;
    try (EventFileReader file = EventFileReader.open(path)) {
      for (List<Line> lines = file.nextBatch(IMPORT_BATCH);
          !lines.isEmpty();
          lines = file.nextBatch(IMPORT_BATCH)) {
        OfferResult result = request(node, offerRequest(path, lines));
        received += result.received();
        added += result.added();
        held += result.duplicate() + result.dropped();
        refused += result.rejected();
      }
      // What came before its emitter's announcement can be judged now.
      OfferResult again = request(node, new TrustRequest.VerifyQuarantined());
      terminal
          .err()
          .printf(
              "imported %s: %,d events, %,d new, %,d held already or not kept, %,d refused, %,d"
                  + " waiting for their emitter's key%n",
              path,
              received,
              added + again.added(),
              held + again.duplicate() + again.dropped(),
              refused + again.rejected(),
              again.quarantined());
      return Future.succeededFuture();
    } catch (RuntimeException failed) {
      return Future.failedFuture(failed);
    }
  }

  private static OfferResult request(NaraNode node, TrustRequest<OfferResult> request) {
    return Blocking.await(
        node.bus().request(TrustRequest.ADDRESS, request, Timeouts.IMPORT), Timeouts.IMPORT);
  }

  private static TrustRequest.OfferEvents offerRequest(Path path, List<Line> lines) {
    List<byte[]> events = lines.stream().map(Line::bytes).toList();
    return new TrustRequest.OfferEvents(path.toString(), RawEvents.join(events));
  }

  private static NaraNode awaitStart(Future<NaraNode> starting) {
    try {
      return Blocking.await(starting, START_TIMEOUT);
    } catch (NodeStartException cannot) {
      throw new CommandFailure(cannot.getMessage());
    }
  }
}
