package nara.web;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import nara.mesh.wire.AddressPolicy;

/**
 * Who may send requests that change something: who has the token, or programs on this machine.
 * Pages in a browser on this machine may not, wherever they come from.
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

  /** Why the request is refused, in a sentence; empty when it is allowed. */
  Optional<String> refusal(HttpServerRequest request) {
    return refusal(
        Optional.ofNullable(request.getHeader("Authorization")),
        AddressPolicy.isLoopback(request.remoteAddress().hostAddress()),
        request.headers().contains("Origin") || request.headers().contains("Sec-Fetch-Site"));
  }

  Optional<String> refusal(Optional<String> authorization, boolean local, boolean browser) {
    if (token.length > 0) {
      return authorization.filter(this::hasToken).isPresent()
          ? Optional.empty()
          : Optional.of("send the header Authorization: Bearer TOKEN with the value of web.token");
    }
    return local && !browser
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
