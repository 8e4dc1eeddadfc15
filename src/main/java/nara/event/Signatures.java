package nara.event;

import java.util.Base64;
import java.util.Optional;
import nara.identity.KeyPair;

/** Signatures on the wire: 64 bytes in standard Base64 with padding. */
public final class Signatures {
  /** Characters of 64 bytes in padded Base64. */
  private static final int BASE64_LENGTH = 88;

  /**
   * The characters that an encoder can write last, before the padding: 86 characters have 516 bits,
   * and the last 4 of them are 0.
   */
  private static final String LAST_CHARACTERS = "AQgw";

  private Signatures() {}

  /**
   * The 64 bytes; empty for any other length and for what is not Base64 as an encoder writes it.
   * The last character has unused bits. With other values they give an event a twin with other
   * bytes, and the twin may replace the event.
   */
  public static Optional<byte[]> decode(String base64) {
    if (base64 == null
        || base64.length() != BASE64_LENGTH
        || LAST_CHARACTERS.indexOf(base64.charAt(BASE64_LENGTH - 3)) < 0) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(base64);
      return decoded.length == KeyPair.SIGNATURE_LENGTH ? Optional.of(decoded) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
