package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import nara.event.GoJson;

/**
 * An answer of ours before it is signed and packed.
 *
 * @param headers beside the content type and the signature
 * @param body as JSON or text, with the newline that the reference ends bodies with
 */
record Reply(int status, String contentType, Map<String, String> headers, Body body) {
  /** The type of what is not text. */
  static final String OCTETS = "application/octet-stream";

  private static final String JSON = "application/json; charset=utf-8";

  Reply(int status, String contentType, Map<String, String> headers, byte[] body) {
    this(status, contentType, headers, Body.of(body));
  }

  static Reply json(Body body) {
    return new Reply(200, JSON, Map.of(), body);
  }

  static Reply json(byte[] body) {
    return new Reply(200, JSON, Map.of(), body);
  }

  /** Bytes that are not text. */
  static Reply octets(byte[] body) {
    return new Reply(200, OCTETS, Map.of(), body);
  }

  static Reply json(String body) {
    return json(body.getBytes(UTF_8));
  }

  /** A reply of JSON without a character set, as the reference gives in some places. */
  static Reply plainJson(byte[] body) {
    return new Reply(200, "application/json", Map.of(), body);
  }

  /** An error, or anything else that is told in words. */
  static Reply text(int status, String text) {
    return new Reply(
        status,
        "text/plain; charset=utf-8",
        Map.of("X-Content-Type-Options", "nosniff"),
        (text + '\n').getBytes(UTF_8));
  }

  /** An import that is refused; told in JSON, as its success is. */
  static Reply importRefused(int status, String why) {
    StringBuilder out =
        new StringBuilder("{\"success\":false,\"imported\":0,\"duplicates\":0,\"error\":");
    GoJson.text(out, why);
    return new Reply(
        status, "application/json", Map.of(), out.append("}\n").toString().getBytes(UTF_8));
  }

  /** Whoever asks has asked too often. */
  static Reply tooMany(int seconds) {
    return new Reply(
        429,
        "text/plain; charset=utf-8",
        Map.of("Retry-After", Integer.toString(seconds)),
        "Too many requests: ask again after the seconds in Retry-After\n".getBytes(UTF_8));
  }

  static Reply notFound() {
    return text(404, "404 page not found");
  }

  /** Sends a peer query on to another nara. */
  static Reply askOther(String name) {
    return new Reply(
        307,
        "text/plain; charset=utf-8",
        Map.of(PeerQueryAnswer.REDIRECT, SignedHeaders.sent(name)),
        new byte[0]);
  }
}
