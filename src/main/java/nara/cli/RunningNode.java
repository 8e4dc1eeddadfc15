package nara.cli;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nara.bus.Time;
import nara.event.Event;
import nara.event.JsonSpans;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.NodeConfig;
import nara.node.StartFailure;
import nara.recovery.RecoveryNews;
import nara.recovery.Report;
import nara.trust.TrustRequest;

/**
 * A node as a command holds it: started, waited for, asked, stopped, from the command's thread.
 * Stops at the latest when the process is asked to end, and the process waits for that.
 */
final class RunningNode implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration OFFER_TIMEOUT = Duration.ofMinutes(10);

  /** For a command to tell and write what was recovered until the process was asked to end. */
  private static final Duration TELL_TIMEOUT = Duration.ofSeconds(30);

  private static final int IMPORT_BATCH = 5_000;

  private final NaraNode node;
  private final Promise<Report> finished;
  private final Thread onExit = new Thread(this::onExit, "nara-stop");
  private final ReentrantLock stopping = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean tellsTheEnd;
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
   * @throws Refusal when it cannot start, with the reason
   */
  static RunningNode start(
      NodeConfig config,
      Identity me,
      Time clock,
      Preparation preparation,
      Consumer<RecoveryNews.Progress> onProgress) {
    Promise<Report> finished = Promise.promise();
    Future<NaraNode> starting =
        NaraNode.start(
            config,
            me,
            clock,
            RandomGenerator.getDefault(),
            node -> {
              node.bus()
                  .hear(
                      RecoveryNews.ADDRESS,
                      RecoveryNews.class,
                      news -> {
                        switch (news) {
                          case RecoveryNews.Progress progress -> onProgress.accept(progress);
                          case RecoveryNews.Finished done -> finished.tryComplete(done.report());
                        }
                      });
              return preparation.prepare(node);
            });
    RunningNode running = new RunningNode(started(starting), finished);
    Runtime.getRuntime().addShutdownHook(running.onExit);
    return running;
  }

  /**
   * From now on, when the process is asked to end, the recovery ends with what it has, and the
   * process waits until the command has closed this.
   */
  RunningNode tellingTheEnd() {
    tellsTheEnd = true;
    return this;
  }

  private void onExit() {
    if (tellsTheEnd) {
      node.endRecovery();
      try {
        closed.await(TELL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
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
            node.bus().ask(LedgerRequest.ADDRESS, new LedgerRequest.Export(), ASK_TIMEOUT),
            ASK_TIMEOUT)
        .events();
  }

  /** Stops the node; only the first call does anything, and every call returns when it is done. */
  void stop() {
    stopping.lock();
    try {
      if (!stopped) {
        stopped = true;
        Blocking.await(node.stop(), STOP_TIMEOUT);
      }
    } finally {
      stopping.unlock();
    }
  }

  @Override
  public void close() {
    stop();
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
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
    try (EventFile file = EventFile.open(path)) {
      for (List<EventFile.Line> lines = file.next(IMPORT_BATCH);
          !lines.isEmpty();
          lines = file.next(IMPORT_BATCH)) {
        TrustRequest.Offered offered = ask(node, offer(path, lines));
        received += offered.received();
        added += offered.added();
        held += offered.duplicate() + offered.dropped();
        refused += offered.rejected();
      }
      // What came before its emitter's announcement can be judged now.
      TrustRequest.Offered again = ask(node, new TrustRequest.JudgeQuarantined());
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

  private static TrustRequest.Offered ask(NaraNode node, TrustRequest<TrustRequest.Offered> what) {
    return Blocking.await(node.bus().ask(TrustRequest.ADDRESS, what, OFFER_TIMEOUT), OFFER_TIMEOUT);
  }

  private static TrustRequest.Offer offer(Path path, List<EventFile.Line> lines) {
    ByteArrayOutputStream json = new ByteArrayOutputStream(lines.size() * 512);
    List<JsonSpans.Span> spans = new ArrayList<>(lines.size());
    for (EventFile.Line line : lines) {
      spans.add(new JsonSpans.Span(json.size(), line.bytes().length));
      json.writeBytes(line.bytes());
    }
    return new TrustRequest.Offer(path.toString(), json.toByteArray(), spans);
  }

  private static NaraNode started(Future<NaraNode> starting) {
    try {
      return Blocking.await(starting, START_TIMEOUT);
    } catch (StartFailure cannot) {
      throw new Refusal(cannot.getMessage());
    }
  }
}
