package nara.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local event bus: typed requests with a timeout, and typed notifications. Messages go by
 * reference and do not leave this JVM, not even in a cluster.
 */
public final class Bus {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private final EventBus eventBus;

  private Bus(EventBus eventBus) {
    this.eventBus = eventBus;
  }

  /** The bus of a Vert.x instance. The first call, before any deployment, registers its codec. */
  public static Bus of(Vertx vertx) {
    EventBus eventBus = vertx.eventBus();
    vertx
        .sharedData()
        .getLocalMap("nara.bus")
        .computeIfAbsent(
            "codec",
            absent -> {
              eventBus.registerCodec(new LocalCodec());
              eventBus.codecSelector(body -> body instanceof BusMessage ? LocalCodec.NAME : null);
              return true;
            });
    return new Bus(eventBus);
  }

  /**
   * Sends a request to the verticle that serves the address.
   *
   * @return the reply, or a failure that {@link BusFailure#of} classifies, with a plain message
   */
  @SuppressWarnings("unchecked") // the request's type names the type of its reply
  public <R extends BusMessage> Future<R> request(
      String address, Request<R> request, Duration timeout) {
    DeliveryOptions options = localDelivery().setSendTimeout(Math.max(1, timeout.toMillis()));
    return eventBus
        .<R>request(address, request, options)
        .transform(
            (reply, failure) ->
                failure == null
                    ? Future.succeededFuture(reply.body())
                    : Future.failedFuture(BusFailure.withPlainMessage(failure, address, timeout)));
  }

  /** Sends a notification to all subscribers of the address. */
  public void publish(String address, BusMessage message) {
    eventBus.publish(address, message, localDelivery());
  }

  private static DeliveryOptions localDelivery() {
    return new DeliveryOptions().setLocalOnly(true);
  }

  /**
   * Serves the requests to the address, on the caller's context. A failure is logged here, except
   * {@link UnavailableException} and those of a stop, and reaches the requester.
   *
   * @param onRequest returns the reply, of the type that the request names
   */
  public <M extends Request<?>> MessageConsumer<BusMessage> serve(
      String address, Class<M> type, Function<M, Future<? extends BusMessage>> onRequest) {
    return eventBus.localConsumer(
        address,
        message ->
            handle(type.cast(message.body()), onRequest)
                .onSuccess(message::reply)
                .onFailure(failure -> fail(address, message, failure)));
  }

  private static <M> Future<? extends BusMessage> handle(
      M request, Function<M, Future<? extends BusMessage>> onRequest) {
    try {
      return onRequest.apply(request);
    } catch (RuntimeException internalError) {
      return Future.failedFuture(internalError);
    }
  }

  private static void fail(String address, Message<BusMessage> message, Throwable failure) {
    if (BusFailure.of(failure) == BusFailure.UNAVAILABLE) {
      message.fail(BusFailure.UNAVAILABLE.ordinal(), failure.getMessage());
      return;
    }
    if (BusFailure.isOfStop(failure)) {
      message.fail(BusFailure.NOT_SERVED.ordinal(), failure.getMessage());
      return;
    }
    LOG.error(
        "A bus request failed; message={} address={}",
        message.body().getClass().getSimpleName(),
        address,
        failure);
    message.fail(BusFailure.INTERNAL_ERROR.ordinal(), String.valueOf(failure));
  }

  /** Receives the notifications that are published to the address, on the caller's context. */
  public <M extends BusMessage> MessageConsumer<BusMessage> subscribe(
      String address, Class<M> type, Consumer<M> onMessage) {
    return eventBus.localConsumer(address, message -> onMessage.accept(type.cast(message.body())));
  }
}
