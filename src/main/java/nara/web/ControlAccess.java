package nara.web;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import nara.mesh.wire.AddressPolicy;

/**
 * Who may send requests that change something, or that read secrets: who has the token, or programs
 * on this machine. Pages in a browser on this machine may not, wherever they come from.
 */
final class ControlAccess {
  private static final String SCHEME = "Bearer ";

  private final byte[] token;

  /**
   * @param token that all requests must have; empty: requests from this machine need none, and
   *     others are refused
   */
  ControlAccess(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  /** Handles the request further, or refuses it with 403 and a sentence. */
  void require(RoutingContext context) {
    Optional<String> refusal = refusal(context.request());
    if (refusal.isEmpty()) {
      context.next();
      return;
    }
    context
        .response()
        .setStatusCode(403)
        .putHeader("Content-Type", "application/json")
        .end(new JsonObject().put("error", refusal.get()).encode() + "\n");
  }

  /**
   * Handles a request that reads what is for this machine only. Unlike {@link #require}, it admits
   * the page of this port in a browser on this machine.
   */
  void requireReader(RoutingContext context) {
    HttpServerRequest request = context.request();
    String site = request.getHeader("Sec-Fetch-Site");
    boolean local =
        AddressPolicy.isLoopback(request.remoteAddress().hostAddress())
            && HostCheck.isForThisMachine(request)
            && (site == null || site.equals("same-origin") || site.equals("none"));
    if (local) {
      context.next();
    } else {
      require(context);
    }
  }

  private Optional<String> refusal(HttpServerRequest request) {
    if (token.length > 0) {
      return Optional.ofNullable(request.getHeader("Authorization"))
              .filter(this::hasToken)
              .isPresent()
          ? Optional.empty()
          : Optional.of("send the header Authorization: Bearer TOKEN with the value of web.token");
    }
    boolean isLocal = AddressPolicy.isLoopback(request.remoteAddress().hostAddress());
    boolean isBrowser =
        request.headers().contains("Origin") || request.headers().contains("Sec-Fetch-Site");
    return isLocal && !isBrowser && HostCheck.isForThisMachine(request)
        ? Optional.empty()
        : Optional.of("only programs on this machine may do this; set web.token to allow others");
  }

  private boolean hasToken(String authorization) {
    return authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME.toLowerCase(Locale.ROOT))
        && MessageDigest.isEqual(
            authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
            token);
  }
}
