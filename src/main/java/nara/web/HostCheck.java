package nara.web;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import nara.mesh.wire.AddressPolicy;

/**
 * Whether a request is for this port by its {@code Host} header. Any site can give its name this
 * machine's address; a browser then lets the site's page read the responses. The header tells.
 */
final class HostCheck {
  private final boolean onlyLoopback;

  /**
   * @param host at which the port is open
   */
  HostCheck(String host) {
    onlyLoopback = AddressPolicy.isLoopback(host);
  }

  /** Why the request is refused; empty when it is not. Programs may omit the header. */
  Optional<String> refusal(HttpServerRequest request) {
    int hosts = request.headers().getAll("Host").size();
    if (hosts > 1) {
      return Optional.of("the request has several Host headers");
    }
    return !onlyLoopback || hosts == 0 || isForThisMachine(request)
        ? Optional.empty()
        : Optional.of(
            "the Host header is not of this machine; use 127.0.0.1 or localhost, or open the port"
                + " elsewhere with web.host");
  }

  /** Whether the request names this machine itself. */
  static boolean isForThisMachine(HttpServerRequest request) {
    return request.authority() != null
        && AddressPolicy.isLoopback(request.authority().host().replaceAll("[\\[\\]]", ""));
  }
}
