package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import nara.bus.Timeouts;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.cli.process.StopRequest;
import nara.cli.process.StoppedInStartException;
import nara.event.Event;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.node.AwaitTimeoutException;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.NodeStartException;
import nara.node.config.NodeConfig;
import nara.presence.OwnEvent;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;

/** A running node, controlled from the command's thread. */
final class RunningNode implements AutoCloseable {
  /** The reaction to a request to end the process. */
  enum OnStop {
    /** The recovery ends with the events it has, and the command reports them. */
    REPORT,
    /** A start is given up with a {@link StoppedInStartException}. */
    STOP
  }

  /** Prepares nothing before the recovery. */
  static final Function<NaraNode, Future<?>> NO_PREPARATION = node -> Future.succeededFuture();

  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

  /** How long a start may still take after a request to stop. */
  private static final Duration START_TIMEOUT_AFTER_STOP = Duration.ofSeconds(30);

  private final NaraNode node;
  private final Terminal terminal;
  private final boolean keepsSnapshot;
  private final Promise<Report> finished;

  /** The events that this node made since its start. */
  private final Set<ByteBuffer> ownEvents;

  private final ReentrantLock stopLock = new ReentrantLock();
  private volatile boolean interrupted;

  /** The stop of the node; null before it. */
  private Future<?> stopping;

  private boolean stoppedInTime;

  private RunningNode(
      NaraNode node,
      boolean keepsSnapshot,
      Promise<Report> finished,
      Set<ByteBuffer> ownEvents,
      Terminal terminal) {
    this.node = node;
    this.keepsSnapshot = keepsSnapshot;
    this.terminal = terminal;
    this.finished = finished;
    this.ownEvents = ownEvents;
  }

  /**
   * Starts a node and its recovery.
   *
   * @param beforeRecovery see {@link NaraNode#start}; it should end soon after a request to stop
   * @param onProgress called on an event loop
   * @throws CommandFailure when the node cannot start, with the reason
   * @throws StoppedInStartException see {@link OnStop}
   */
  static RunningNode start(
      NodeConfig config,
      Identity me,
      Terminal terminal,
      Function<NaraNode, Future<?>> beforeRecovery,
      Consumer<RecoveryNotification.RecoveryProgressed> onProgress,
      StopRequest stop,
      OnStop onStop) {
    if (stop.isMade() && onStop == OnStop.STOP) {
      throw new StoppedInStartException();
    }
    Promise<Report> finished = Promise.promise();
    Set<ByteBuffer> ownEvents = ConcurrentHashMap.newKeySet();
    Future<NaraNode> starting =
        NaraNode.start(
            config,
            me,
            terminal.clock(),
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
              return beforeRecovery
                  .apply(node)
                  .compose(
                      prepared ->
                          stop.isMade() && onStop == OnStop.STOP
                              ? Future.failedFuture(new StoppedInStartException())
                              : Future.succeededFuture());
            });
    try {
      RunningNode running =
          new RunningNode(
              Blocking.await(startedUnlessStopped(starting, stop), START_TIMEOUT),
              config.memory().snapshot().isPresent(),
              finished,
              ownEvents,
              terminal);
      stop.onMade(() -> running.onStopRequest(onStop));
      return running;
    } catch (NodeStartException failure) {
      throw new CommandFailure(failure.getMessage());
    } catch (AwaitTimeoutException late) {
      throw new CommandFailure(
          "the node has not started within %d min; --verbose shows what it does"
              .formatted(START_TIMEOUT.toMinutes()));
    }
  }

  /** The started node. After a request to stop, the start gets only a short time to end. */
  private static Future<NaraNode> startedUnlessStopped(
      Future<NaraNode> starting, StopRequest stop) {
    Promise<NaraNode> started = Promise.promise();
    starting.onSuccess(started::tryComplete).onFailure(started::tryFail);
    stop.onMade(
        () ->
            CompletableFuture.delayedExecutor(
                    START_TIMEOUT_AFTER_STOP.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> started.tryFail(new StoppedInStartException())));
    return started.future();
  }

  private void onStopRequest(OnStop onStop) {
    interrupted = !finished.future().isComplete();
    if (onStop == OnStop.REPORT && interrupted) {
      node.endRecovery();
    }
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

  /**
   * Stops the node once. Every call returns after the node has stopped, or after the timeout.
   *
   * @return whether it stopped in time; otherwise a message was printed
   */
  boolean stop() {
    stopLock.lock();
    try {
      if (stopping == null) {
        stopping = node.stop();
        stoppedInTime = awaitStop(stopping, node.stopTimeout(), keepsSnapshot, terminal);
      }
      return stoppedInTime;
    } finally {
      stopLock.unlock();
    }
  }

  /** Whether the stop ends within the timeout; otherwise prints a message. */
  static boolean awaitStop(
      Future<?> stop, Duration timeout, boolean keepsSnapshot, Terminal terminal) {
    try {
      Blocking.await(stop, timeout);
      return true;
    } catch (AwaitTimeoutException late) {
      terminal.message(
          "the node has not stopped within %d s; the process ends now%s",
          timeout.toSeconds(),
          keepsSnapshot ? "; the last snapshot may be missing, and the previous one stays" : "");
      return false;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
