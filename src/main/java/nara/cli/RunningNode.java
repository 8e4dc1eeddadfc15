package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.cli.file.CommandFailure;
import nara.event.Event;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.NodeStartException;
import nara.node.config.NodeConfig;
import nara.presence.OwnEvent;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;

/**
 * A running node, controlled from the command's thread. When the process is asked to end, the
 * shutdown hook stops the node, and the process waits for that.
 */
final class RunningNode implements AutoCloseable {
  /** Prepares nothing before the recovery. */
  static final Function<NaraNode, Future<?>> NO_PREPARATION = node -> Future.succeededFuture();

  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /** After a shutdown request the command still prints the report and writes its files. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final NaraNode node;
  private final Promise<Report> finished;

  /** The events that this node made since its start. */
  private final Set<ByteBuffer> ownEvents;

  private final Thread shutdownHook = new Thread(this::onShutdown, "nara-stop");
  private final ReentrantLock stopLock = new ReentrantLock();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean waitsForClose;
  private boolean stopped;

  private RunningNode(NaraNode node, Promise<Report> finished, Set<ByteBuffer> ownEvents) {
    this.node = node;
    this.finished = finished;
    this.ownEvents = ownEvents;
  }

  /**
   * Starts a node and its recovery.
   *
   * @param beforeRecovery see {@link NaraNode#start}
   * @param onProgress called on an event loop
   * @throws CommandFailure when the node cannot start, with the reason
   */
  static RunningNode start(
      NodeConfig config,
      Identity me,
      Scheduler clock,
      Function<NaraNode, Future<?>> beforeRecovery,
      Consumer<RecoveryNotification.RecoveryProgressed> onProgress) {
    Promise<Report> finished = Promise.promise();
    Set<ByteBuffer> ownEvents = ConcurrentHashMap.newKeySet();
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
                      notification -> {
                        switch (notification) {
                          case RecoveryNotification.RecoveryProgressed progressed ->
                              onProgress.accept(progressed);
                          case RecoveryNotification.RecoveryFinished done ->
                              finished.tryComplete(done.report());
                        }
                      });
              node.bus()
                  .subscribe(
                      OwnEvent.ADDRESS,
                      OwnEvent.class,
                      news -> {
                        switch (news) {
                          case OwnEvent.Added added -> ownEvents.add(ByteBuffer.wrap(added.json()));
                        }
                      });
              return beforeRecovery.apply(node);
            });
    try {
      RunningNode running =
          new RunningNode(Blocking.await(starting, START_TIMEOUT), finished, ownEvents);
      Runtime.getRuntime().addShutdownHook(running.shutdownHook);
      return running;
    } catch (NodeStartException failure) {
      throw new CommandFailure(failure.getMessage());
    }
  }

  /**
   * Changes the reaction to a shutdown request: the recovery ends with the events it has, and the
   * process waits until the command has closed this node.
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
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    stop();
  }

  NaraNode node() {
    return node;
  }

  /** Waits for the end of the recovery, without a timeout, and returns its report. */
  Report report() {
    return Blocking.await(finished.future(), Duration.ofDays(365));
  }

  /** Completes at the end of the recovery. */
  Future<Report> finished() {
    return finished.future();
  }

  /** Calls the listener on an event loop at the end of each recovery after the first one. */
  void onLaterRecovery(Consumer<Report> listener) {
    node.bus()
        .subscribe(
            RecoveryNotification.ADDRESS,
            RecoveryNotification.class,
            notification -> {
              if (notification instanceof RecoveryNotification.RecoveryFinished done
                  && done.report().recovery() > 1) {
                listener.accept(done.report());
              }
            });
  }

  /** Returns the events of the ledger that this node did not make itself, in order of time. */
  List<Event> exportRecovered() {
    return Blocking.await(
            node.bus()
                .request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), Timeouts.LOCAL),
            Timeouts.LOCAL)
        .events()
        .stream()
        .filter(event -> !ownEvents.contains(ByteBuffer.wrap(event.json())))
        .toList();
  }

  /** Stops the node once. Every call returns after the node has stopped. */
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
      // The process is ending, so the hook stops the node too.
      return;
    }
  }
}
