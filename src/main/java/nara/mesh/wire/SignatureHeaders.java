package nara.mesh.wire;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;

/**
 * The three headers that sign a request or a response, not verified yet.
 *
 * @param name the claimed signer; empty when absent
 * @param timestamp Unix milliseconds as a decimal text; empty when absent
 * @param signature Base64; empty when absent
 */
public record SignatureHeaders(String name, String timestamp, String signature) {
  public static final String NAME = "X-Nara-Name";
  public static final String TIMESTAMP = "X-Nara-Timestamp";
  public static final String SIGNATURE = "X-Nara-Signature";

  /** The headers of a message. */
  public static SignatureHeaders of(MultiMap headers) {
    return new SignatureHeaders(
        decodeValue(headers.get(NAME)), text(headers.get(TIMESTAMP)), text(headers.get(SIGNATURE)));
  }

  public void addTo(MultiMap headers) {
    headers.set(NAME, encodeValue(name)).set(TIMESTAMP, timestamp).set(SIGNATURE, signature);
  }

  boolean isComplete() {
    return !name.isEmpty() && !timestamp.isEmpty() && !signature.isEmpty();
  }

  /**
   * A text as header value. Names are UTF-8 on the wire, but the HTTP library writes one byte for
   * each character. So this text has one character for each byte of the UTF-8.
   */
  public static String encodeValue(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The text of a header value, or empty when it is absent. */
  public static String decodeValue(String value) {
    return new String(text(value).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }
}
