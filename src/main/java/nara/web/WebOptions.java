package nara.web;

import java.util.List;

/**
 * How the management port is open.
 *
 * @param port 0 takes a free one
 * @param token for requests from other hosts that change something; empty: none are allowed
 * @param origins of other sites whose pages may read the reference's paths, or {@code *}
 * @param configuration the effective one as JSON, secrets masked
 */
public record WebOptions(
    String host, int port, String token, List<String> origins, String configuration) {
  /** Without the token. */
  @Override
  public String toString() {
    return "WebOptions[host=" + host + ", port=" + port + ", origins=" + origins + ']';
  }
}
