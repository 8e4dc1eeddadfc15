package nara.testing;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.node.Blocking;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;

/**
 * The event bus of a node whose parts are played by the test: one handler for each type of request.
 * The verticle under test is deployed on it.
 */
public final class FakeBus implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final Set<String> servedAddresses = ConcurrentHashMap.newKeySet();
  private final Map<Class<?>, Function<Request<?>, Future<? extends BusMessage>>> handlers =
      new ConcurrentHashMap<>();

  public Bus bus() {
    return bus;
  }

  /** Replies to requests of a type. A later handler of the same type replaces the earlier one. */
  public <R extends BusMessage, M extends Request<R>> FakeBus reply(
      String address, Class<M> type, Function<M, R> handler) {
    return replyAsync(address, type, request -> Future.succeededFuture(handler.apply(request)));
  }

  /** The same with a reply that may come later, or fail. */
  public <R extends BusMessage, M extends Request<R>> FakeBus replyAsync(
      String address, Class<M> type, Function<M, Future<R>> handler) {
    handlers.put(type, request -> handler.apply(type.cast(request)));
    if (servedAddresses.add(address)) {
      bus.serve(address, Request.class, this::dispatch);
    }
    return this;
  }

  /** Requests of a type that wait for their replies; the test completes these. */
  public <R extends BusMessage, M extends Request<R>> BlockingQueue<Promise<R>> hold(
      String address, Class<M> type) {
    BlockingQueue<Promise<R>> held = new LinkedBlockingQueue<>();
    replyAsync(
        address,
        type,
        request -> {
          Promise<R> reply = Promise.promise();
          held.add(reply);
          return reply.future();
        });
    return held;
  }

  private Future<? extends BusMessage> dispatch(Request<?> request) {
    Function<Request<?>, Future<? extends BusMessage>> handler = handlers.get(request.getClass());
    return handler == null
        ? Future.failedFuture("the test has no handler for " + request)
        : handler.apply(request);
  }

  /** All that is published at an address from now on. */
  public <M extends BusMessage> BlockingQueue<M> published(String address, Class<M> type) {
    BlockingQueue<M> messages = new LinkedBlockingQueue<>();
    bus.subscribe(address, type, messages::add);
    return messages;
  }

  /** Deploys the verticle under test, and returns its deployment id. */
  public String deploy(Deployable verticle) {
    return await(vertx.deployVerticle(verticle));
  }

  public void undeploy(String deploymentId) {
    await(vertx.undeploy(deploymentId));
  }

  public void publish(String address, BusMessage message) {
    bus.publish(address, message);
  }

  public <R extends BusMessage> Future<R> send(String address, Request<R> request) {
    return bus.request(address, request, TIMEOUT);
  }

  /** Sends a request, and waits for the reply. */
  public <R extends BusMessage> R ask(String address, Request<R> request) {
    return await(send(address, request));
  }

  /** Publishes that the recovery has finished, with an empty report. */
  public void finishRecovery() {
    publish(
        RecoveryNotification.ADDRESS,
        new RecoveryNotification.RecoveryFinished(Report.empty("complete")));
  }

  public static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }

  /** Waits for the next element of a queue. */
  public static <T> T next(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came within " + TIMEOUT);
      }
      return next;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** Reads a value again and again until it is as expected. Fails with the last value. */
  public static <T> T until(Supplier<T> value, Predicate<T> expected) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    T current = value.get();
    while (!expected.test(current)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still " + current + " after " + TIMEOUT);
      }
      Thread.onSpinWait();
      current = value.get();
    }
    return current;
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
