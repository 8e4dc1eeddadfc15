package nara.mesh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.mesh.wire.PeerAddress;

/**
 * A SOCKS5 proxy through which this node reaches its peers, such as a userspace Tailscale daemon.
 * The proxy resolves the names of hosts.
 *
 * <p>Peers on this machine are reached without it: a proxy elsewhere has another loopback.
 *
 * @param address where the proxy listens
 * @param user empty: the proxy asks for none
 * @param password never shown
 */
public record SocksProxy(PeerAddress address, String user, String password) {
  /** Bytes of a user name and of a password, by RFC 1929. */
  private static final int MAX_SECRET_BYTES = 255;

  private static final Pattern URL =
      Pattern.compile("socks5://(?:([^@/]*)@)?([^@/]+:[0-9]{1,5})/?");
  private static final Pattern SECRETS = Pattern.compile("([^:]+):(.+)");
  private static final Pattern PERCENT = Pattern.compile("%([0-9A-Fa-f]{2})");

  /**
   * Reads {@code socks5://[USER:PASSWORD@]HOST:PORT}. A character that a URL reserves is written as
   * {@code %40} in the user name and the password.
   */
  public static Optional<SocksProxy> parse(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return Optional.empty();
    }
    Optional<PeerAddress> address =
        PeerAddress.parse(url.group(2)).filter(proxy -> !proxy.hasZone());
    if (url.group(1) == null) {
      return address.map(proxy -> new SocksProxy(proxy, "", ""));
    }
    Matcher secrets = SECRETS.matcher(url.group(1));
    if (!secrets.matches()) {
      return Optional.empty();
    }
    String user = decode(secrets.group(1));
    String password = decode(secrets.group(2));
    return address
        .filter(proxy -> isSendable(user) && isSendable(password))
        .map(proxy -> new SocksProxy(proxy, user, password));
  }

  private static boolean isSendable(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8).length <= MAX_SECRET_BYTES;
  }

  /** The text with each {@code %40} decoded; another percent sign stays as it is. */
  private static String decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher code = PERCENT.matcher(text);
    int decoded = 0;
    while (code.find()) {
      bytes.writeBytes(text.substring(decoded, code.start()).getBytes(StandardCharsets.UTF_8));
      bytes.write(HexFormat.fromHexDigits(code.group(1)));
      decoded = code.end();
    }
    bytes.writeBytes(text.substring(decoded).getBytes(StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Whether requests to a peer go through the proxy. */
  public boolean serves(PeerAddress peer) {
    return !peer.isLoopback();
  }

  /** The URL; asterisks stand for the user name and the password. */
  @Override
  public String toString() {
    return "socks5://" + (user.isEmpty() ? "" : "***:***@") + address;
  }
}
