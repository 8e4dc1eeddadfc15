package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import java.util.HashMap;
import java.util.Map;
import nara.event.json.GoJson;
import nara.mesh.wire.Body;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.SignatureHeaders;

/**
 * A response before it is signed and compressed.
 *
 * @param headers beside the content type and the signature
 * @param body JSON and text end with a newline, as in the reference
 */
record MeshResponse(int status, String contentType, Map<String, String> headers, Body body) {
  private static final String JSON = MeshPaths.JSON + "; charset=utf-8";
  static final String TEXT = "text/plain; charset=utf-8";

  MeshResponse(int status, String contentType, Map<String, String> headers, byte[] body) {
    this(status, contentType, headers, Body.of(body));
  }

  static MeshResponse json(Body body) {
    return new MeshResponse(200, JSON, Map.of(), body);
  }

  static MeshResponse json(byte[] body) {
    return new MeshResponse(200, JSON, Map.of(), body);
  }

  static MeshResponse octetStream(byte[] body) {
    return new MeshResponse(200, MeshPaths.OCTET_STREAM, Map.of(), body);
  }

  static MeshResponse json(String body) {
    return json(body.getBytes(UTF_8));
  }

  /** JSON without a character set, as the reference sends in some places. */
  static MeshResponse plainJson(byte[] body) {
    return new MeshResponse(200, MeshPaths.JSON, Map.of(), body);
  }

  /** An error, for people. */
  static MeshResponse text(int status, String text) {
    byte[] body = (text + '\n').getBytes(UTF_8);
    return new MeshResponse(status, TEXT, Map.of("X-Content-Type-Options", "nosniff"), body);
  }

  /** A rejected import: JSON, like the response to a successful one. */
  static MeshResponse importRejected(int status, String why) {
    StringBuilder out =
        new StringBuilder("{\"success\":false,\"imported\":0,\"duplicates\":0,\"error\":");
    GoJson.appendString(out, why);
    return new MeshResponse(
        status, MeshPaths.JSON, Map.of(), out.append("}\n").toString().getBytes(UTF_8));
  }

  static MeshResponse tooManyRequests(int seconds) {
    return new MeshResponse(
        429,
        TEXT,
        Map.of("Retry-After", Integer.toString(seconds)),
        "Too many requests: ask again after the seconds in Retry-After\n".getBytes(UTF_8));
  }

  /** There is no room for the request now. */
  static MeshResponse busy() {
    return new MeshResponse(
        503,
        TEXT,
        Map.of("Retry-After", "1"),
        "Too many requests at once: ask again after the seconds in Retry-After\n".getBytes(UTF_8));
  }

  static MeshResponse notFound() {
    return text(404, "404 page not found");
  }

  /** The same with these headers, too. */
  MeshResponse withHeaders(MultiMap more) {
    Map<String, String> all = new HashMap<>(headers);
    more.forEach(header -> all.put(header.getKey(), header.getValue()));
    return new MeshResponse(status, contentType, all, body);
  }

  /** The same with a compressed body. Not for an event loop. */
  MeshResponse compressed() {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Encoding", Gzip.CODING);
    all.put("Vary", "Accept-Encoding");
    return new MeshResponse(status, contentType, all, Body.of(Gzip.compress(body)));
  }

  /** Redirects a peer query to another nara. */
  static MeshResponse redirectTo(String name) {
    String value = SignatureHeaders.encodeValue(name);
    return new MeshResponse(307, TEXT, Map.of(PeerQueryResponse.REDIRECT, value), new byte[0]);
  }
}
