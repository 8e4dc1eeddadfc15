package nara.mesh.client;

import static java.util.Locale.ROOT;

import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import nara.bounds.SafeText;
import nara.mesh.SocksProxy;

/** Says why there is no connection to a server: the server's fault, or the proxy's. */
@FunctionalInterface
interface ConnectFailures {
  /** The status of a SOCKS5 reply, as Netty writes it: {@code status: HOST_UNREACHABLE(4)}. */
  Pattern STATUS = Pattern.compile(", status: ([A-Z_]+)");

  /** Causes that are looked into; a handshake has three or four. */
  int MAX_CAUSES = 8;

  /** Nobody listens at the port. */
  String REFUSED = "connection refused";

  /** The reason, for the operator. */
  String reason(Throwable failure);

  /** The reasons of connections through this proxy, or of direct ones. */
  static ConnectFailures through(Optional<SocksProxy> proxy) {
    return proxy
        .<ConnectFailures>map(socks -> failure -> proxyReason(socks, failure))
        .orElse(failure -> isRefused(failure) ? REFUSED : "no connection: " + message(failure));
  }

  private static boolean isRefused(Throwable failure) {
    return failure instanceof ConnectException
        && String.valueOf(failure.getMessage()).contains("refused");
  }

  private static String proxyReason(SocksProxy socks, Throwable failure) {
    String proxy = "the proxy at " + socks.address();
    String message = String.valueOf(failure.getMessage());
    if (!(failure instanceof ProxyConnectException)) {
      return isRefused(failure)
          ? proxy
              + " refused the connection; is tailscaled running with --socks5-server="
              + socks.address()
              + "?"
          : proxy + " cannot be reached: " + message(failure);
    }
    Matcher status = STATUS.matcher(message);
    if (status.find()) {
      String word = status.group(1).toLowerCase(ROOT).replace('_', ' ');
      return proxy + " has no connection to this address: " + word;
    }
    if (message.contains("authStatus")) {
      return proxy + " refused the user name and the password of mesh.proxy";
    }
    if (message.contains("authMethod")) {
      return proxy + " asks for a user name and a password; set them in mesh.proxy";
    }
    return message.endsWith(", timeout")
        ? proxy + " had no connection to this address in time"
        : proxy + " gave up: " + message(failure);
  }

  /** The reason of a failed TLS handshake is in its causes: an unknown authority, a wrong name. */
  private static String message(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < MAX_CAUSES && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    if (failure instanceof SSLException) {
      return "the certificate is not accepted: "
          + SafeText.excerpt(String.valueOf(cause.getMessage()));
    }
    return SafeText.excerpt(String.valueOf(failure.getMessage()));
  }
}
