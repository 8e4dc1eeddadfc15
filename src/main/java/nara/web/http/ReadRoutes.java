package nara.web.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Function;
import nara.web.http.Reply.BadRequest;

/** The reference's paths: they only read, and pages of other sites may read them if configured. */
public final class ReadRoutes {
  /** Characters of a name in a path, as in an event. */
  private static final int MAX_NAME_LENGTH = 1_024;

  private final Router router;
  private final CrossOrigin crossOrigin;

  public ReadRoutes(Router router, CrossOrigin crossOrigin) {
    this.router = router;
    this.crossOrigin = crossOrigin;
  }

  /** Serves a path. The answer is encoded by {@link ReferenceJson}. */
  public void get(String path, Function<RoutingContext, Future<?>> answer) {
    handle(
        path,
        context -> {
          Future<?> reply;
          try {
            reply = answer.apply(context);
          } catch (Reply.NotThere | BadRequest refused) {
            reply = Future.failedFuture(refused);
          }
          Reply.when(context, reply);
        });
  }

  /** Serves a path with a handler that sends the response itself. */
  public void handle(String path, Handler<RoutingContext> handler) {
    if (crossOrigin.isAllowed()) {
      router.options(path).handler(crossOrigin::onPreflight);
    }
    router.get(path).handler(crossOrigin::allow).handler(handler);
  }

  /** The name in the path. One that no nara can have is not there. */
  public static String name(RoutingContext context) {
    String name = context.pathParam("name");
    if (name == null || name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
      throw new Reply.NotThere("no nara has such a name");
    }
    return name;
  }

  /** A parameter of the query; empty when it is absent or empty. */
  public static Optional<String> parameter(RoutingContext context, String key) {
    return context.queryParam(key).stream()
        .findFirst()
        .map(text -> text.substring(0, Math.min(text.length(), MAX_NAME_LENGTH)))
        .filter(text -> !text.isEmpty());
  }

  /** A whole number in the query. */
  public static long number(
      RoutingContext context, String key, long absent, long lowest, long highest) {
    Optional<String> text = parameter(context, key);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long number = Long.parseLong(text.get());
      if (number >= lowest && number <= highest) {
        return number;
      }
    } catch (NumberFormatException invalid) {
      // Told below.
    }
    throw new BadRequest(
        "%s: expected a whole number from %d to %d".formatted(key, lowest, highest));
  }
}
