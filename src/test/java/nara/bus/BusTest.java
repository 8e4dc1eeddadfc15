package nara.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class BusTest {
  private static final String ADDRESS = "test.address";

  private record Ask() implements Request<Done> {}

  private static void serve(Vertx vertx, Function<Ask, Future<? extends BusMessage>> onRequest) {
    Bus.of(vertx).serve(ADDRESS, Ask.class, onRequest);
  }

  private static Future<Done> request(Vertx vertx, Duration timeout) {
    return Bus.of(vertx).request(ADDRESS, new Ask(), timeout);
  }

  private static void assertFails(
      Vertx vertx, Duration timeout, BusFailure expected, String message) throws Exception {
    Throwable failure = null;
    try {
      request(vertx, timeout).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      failure = failed.getCause();
    }
    assertThat(failure).hasMessage(message);
    assertThat(BusFailure.of(failure)).isEqualTo(expected);
  }

  @Test
  void request_gets_the_reply_by_reference(Vertx vertx) throws Exception {
    Done reply = new Done();
    serve(vertx, ask -> Future.succeededFuture(reply));

    assertThat(
            request(vertx, Timeouts.LOCAL)
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS))
        .isSameAs(reply);
  }

  @Test
  void failure_of_a_verticle_whose_own_request_found_nobody_is_one_of_the_stop(Vertx vertx)
      throws Exception {
    serve(vertx, ask -> Bus.of(vertx).request("test.gone", new Ask(), Timeouts.LOCAL));
    assertFails(vertx, Timeouts.LOCAL, BusFailure.NOT_SERVED, "no verticle serves test.gone");
  }

  @Test
  void request_fails_when_nobody_serves_the_address(Vertx vertx) throws Exception {
    assertFails(vertx, Timeouts.LOCAL, BusFailure.NOT_SERVED, "no verticle serves test.address");
  }

  @Test
  void request_fails_with_the_same_message_when_two_replies_are_late(Vertx vertx) throws Exception {
    serve(vertx, ask -> Promise.<Done>promise().future());

    for (int i = 0; i < 2; i++) {
      assertFails(
          vertx,
          Duration.ofMillis(20),
          BusFailure.TIMEOUT,
          "test.address did not reply within 20 ms");
    }
  }

  @Test
  void request_fails_with_the_sentence_when_the_verticle_is_unavailable(Vertx vertx)
      throws Exception {
    serve(vertx, ask -> Future.failedFuture(new UnavailableException("no quorum")));

    assertFails(vertx, Timeouts.LOCAL, BusFailure.UNAVAILABLE, "no quorum");
  }

  @Test
  void request_fails_when_the_verticle_throws(Vertx vertx) throws Exception {
    serve(
        vertx,
        ask -> {
          throw new IllegalStateException("broken");
        });

    assertFails(
        vertx,
        Timeouts.LOCAL,
        BusFailure.INTERNAL_ERROR,
        "test.address failed: java.lang.IllegalStateException: broken");
  }
}
