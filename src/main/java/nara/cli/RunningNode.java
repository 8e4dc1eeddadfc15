package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
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
  private static final int IMPORT_BATCH = 5_000;

  private final NaraNode node;
  private final Promise<Report> finished;
  private final Thread onExit = new Thread(this::stop, "nara-stop");
  private final ReentrantLock stopping = new ReentrantLock();
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
      InstantSource clock,
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
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException ending) {
      // The process is ending and the hook has run or will: the node is stopped either way.
      return;
    }
  }

  /** Offers the events of a file to the node's judge; tells what became of them when it is done. */
  static Preparation importing(Path path, Terminal terminal) {
    return node -> importFrom(node, EventFile.open(path), new long[4], path, terminal);
  }

  private static Future<?> importFrom(
      NaraNode node, EventFile file, long[] sums, Path path, Terminal terminal) {
    List<EventFile.Line> lines = file.next(IMPORT_BATCH);
    if (lines.isEmpty()) {
      file.close();
      terminal
          .err()
          .printf(
              "imported %s: %,d events, %,d new, %,d held already or not kept, %,d refused or"
                  + " waiting for a key%n",
              path, sums[0], sums[1], sums[2], sums[3]);
      return Future.succeededFuture();
    }
    return node.bus()
        .ask(TrustRequest.ADDRESS, offer(path, lines), Duration.ofMinutes(10))
        .compose(
            offered -> {
              sums[0] += offered.received();
              sums[1] += offered.added();
              sums[2] += offered.duplicate() + offered.dropped();
              sums[3] += offered.rejected() + offered.quarantined();
              return importFrom(node, file, sums, path, terminal);
            });
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
