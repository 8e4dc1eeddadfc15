package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
 * shutdown hook tells the command, waits for it, and ends the process with its exit code.
 */
final class RunningNode implements AutoCloseable {
  /** Prepares nothing before the recovery. */
  static final Function<NaraNode, Future<?>> NO_PREPARATION = node -> Future.succeededFuture();

  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /** After a shutdown request the command still reports, writes its files and stops the node. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

  private final NaraNode node;
  private final Promise<Report> finished;

  /** The events that this node made since its start. */
  private final Set<ByteBuffer> ownEvents;

  private final Thread shutdownHook = new Thread(this::onShutdown, "nara-stop");
  private final ReentrantLock stopLock = new ReentrantLock();
  private final CountDownLatch shutdown = new CountDownLatch(1);
  private volatile boolean endsRecovery;
  private volatile boolean interrupted;
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
   * command reports them.
   */
  RunningNode endingRecoveryOnShutdown() {
    endsRecovery = true;
    return this;
  }

  /** Waits until the process is asked to end. Then the command must close this node and return. */
  void awaitShutdown() throws InterruptedException {
    shutdown.await();
  }

  private void onShutdown() {
    interrupted = !finished.future().isComplete();
    shutdown.countDown();
    if (endsRecovery && interrupted) {
      node.endRecovery();
    }
    ProcessEnd.haltAfterCommand(CLOSE_TIMEOUT);
  }

  NaraNode node() {
    return node;
  }

  /** Whether the process was asked to end before the end of the recovery. */
  boolean interrupted() {
    return interrupted;
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
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException ending) {
      // The process is ending, and the hook waits for the command.
      return;
    }
  }
}
