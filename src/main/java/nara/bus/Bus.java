package nara.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event bus as the verticles use it: typed requests with a deadline, typed announcements.
 *
 * <p>One for each Vert.x instance; {@link #of} registers the codec the first time.
 */
public final class Bus {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private final Vertx vertx;

  private Bus(Vertx vertx) {
    this.vertx = vertx;
  }

  /** The bus of that instance. Call it before the first verticle is deployed, then anywhere. */
  public static Bus of(Vertx vertx) {
    vertx
        .sharedData()
        .getLocalMap("nara.bus")
        .computeIfAbsent(
            "codec",
            absent -> {
              vertx.eventBus().registerCodec(new LocalCodec());
              vertx
                  .eventBus()
                  .codecSelector(body -> body instanceof BusMessage ? LocalCodec.NAME : null);
              return true;
            });
    return new Bus(vertx);
  }

  /**
   * Asks whoever serves the address.
   *
   * @return the answer, or a failure with one of the codes of {@link BusFailure}
   */
  @SuppressWarnings("unchecked") // the request's type says what its answer is
  public <R extends BusMessage> Future<R> request(
      String address, Request<R> request, Duration timeout) {
    DeliveryOptions options = localDelivery().setSendTimeout(Math.max(1, timeout.toMillis()));
    return vertx.eventBus().<R>request(address, request, options).map(Message::body);
  }

  /** Tells everybody who listens at the address. */
  public void publish(String address, BusMessage message) {
    vertx.eventBus().publish(address, message, localDelivery());
  }

  /** In a cluster, too: these messages go by reference, and must not leave this JVM. */
  private static DeliveryOptions localDelivery() {
    return new DeliveryOptions().setLocalOnly(true);
  }

  /**
   * Answers the requests that come to the address, on the context of the caller. A failed answer is
   * logged here, once, and reaches the asker as a failure.
   *
   * @param onRequest gives the answer, exactly one of the type that the request names
   */
  public <M extends Request<?>> MessageConsumer<BusMessage> serve(
      String address, Class<M> type, Function<M, Future<? extends BusMessage>> onRequest) {
    return vertx
        .eventBus()
        .<BusMessage>localConsumer(
            address,
            message ->
                handle(type.cast(message.body()), onRequest)
                    .onSuccess(message::reply)
                    .onFailure(failure -> fail(address, message, failure)));
  }

  private static void fail(String address, Message<BusMessage> message, Throwable failure) {
    if (UnavailableException.isCause(failure)) {
      message.fail(BusFailure.UNAVAILABLE.code(), failure.getMessage());
      return;
    }
    LOG.error("{} failed at {}", message.body().getClass().getSimpleName(), address, failure);
    message.fail(BusFailure.DEFECT.code(), String.valueOf(failure));
  }

  private static <M> Future<? extends BusMessage> handle(
      M request, Function<M, Future<? extends BusMessage>> onRequest) {
    try {
      return onRequest.apply(request);
    } catch (RuntimeException defect) {
      return Future.failedFuture(defect);
    }
  }

  /** Hears what is told at the address, on the context of the caller. */
  public <M extends BusMessage> MessageConsumer<BusMessage> subscribe(
      String address, Class<M> type, Consumer<M> onMessage) {
    return vertx
        .eventBus()
        .localConsumer(address, message -> onMessage.accept(type.cast(message.body())));
  }
}
