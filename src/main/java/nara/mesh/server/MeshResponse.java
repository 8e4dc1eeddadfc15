package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import nara.event.json.GoJson;
import nara.mesh.wire.Body;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.SignatureHeaders;

/**
 * An answer of ours before it is signed and packed.
 *
 * @param headers beside the content type and the signature
 * @param body as JSON or text, with the newline that the reference ends bodies with
 */
public record MeshResponse(int status, String contentType, Map<String, String> headers, Body body) {
  /** The type of what is not text. */
  public static final String OCTET_STREAM = "application/octet-stream";

  private static final String JSON = "application/json; charset=utf-8";

  public MeshResponse(int status, String contentType, Map<String, String> headers, byte[] body) {
    this(status, contentType, headers, Body.of(body));
  }

  static MeshResponse json(Body body) {
    return new MeshResponse(200, JSON, Map.of(), body);
  }

  static MeshResponse json(byte[] body) {
    return new MeshResponse(200, JSON, Map.of(), body);
  }

  /** Bytes that are not text. */
  static MeshResponse octetStream(byte[] body) {
    return new MeshResponse(200, OCTET_STREAM, Map.of(), body);
  }

  static MeshResponse json(String body) {
    return json(body.getBytes(UTF_8));
  }

  /** A reply of JSON without a character set, as the reference gives in some places. */
  static MeshResponse plainJson(byte[] body) {
    return new MeshResponse(200, "application/json", Map.of(), body);
  }

  /** An error, or anything else that is told in words. */
  static MeshResponse text(int status, String text) {
    return new MeshResponse(
        status,
        "text/plain; charset=utf-8",
        Map.of("X-Content-Type-Options", "nosniff"),
        (text + '\n').getBytes(UTF_8));
  }

  /** An import that is refused; told in JSON, as its success is. */
  static MeshResponse importRejected(int status, String why) {
    StringBuilder out =
        new StringBuilder("{\"success\":false,\"imported\":0,\"duplicates\":0,\"error\":");
    GoJson.appendString(out, why);
    return new MeshResponse(
        status, "application/json", Map.of(), out.append("}\n").toString().getBytes(UTF_8));
  }

  /** Whoever asks has asked too often. */
  static MeshResponse tooManyRequests(int seconds) {
    return new MeshResponse(
        429,
        "text/plain; charset=utf-8",
        Map.of("Retry-After", Integer.toString(seconds)),
        "Too many requests: ask again after the seconds in Retry-After\n".getBytes(UTF_8));
  }

  static MeshResponse notFound() {
    return text(404, "404 page not found");
  }

  /** Sends a peer query on to another nara. */
  static MeshResponse redirectTo(String name) {
    return new MeshResponse(
        307,
        "text/plain; charset=utf-8",
        Map.of(PeerQueryResponse.REDIRECT, SignatureHeaders.encodeValue(name)),
        new byte[0]);
  }
}
