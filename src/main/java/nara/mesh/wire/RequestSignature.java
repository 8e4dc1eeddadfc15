package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.event.Signatures;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Signs requests and authenticates their senders, by the wire contract: Ed25519 over name,
 * timestamp, method and path, concatenated. The signature covers neither the body nor the query.
 */
public final class RequestSignature {
  /** How a rejection begins when the clocks differ, in the reference's words. */
  public static final String OTHER_TIME = "timestamp too old or in future";

  /** How a rejection begins when the sender's key is unknown, in the reference's words. */
  public static final String UNKNOWN_SENDER = "unknown sender: ";

  /** The rejection of a signature that is not of the sender's known key, in the same words. */
  public static final String OTHER_KEY = "signature verification failed";

  private RequestSignature() {}

  /** The result of authenticating the sender of a request. */
  public sealed interface AuthResult {
    /** The sender is proven. */
    record Authenticated(String name) implements AuthResult {}

    /** The sender's key is unknown; everything that needs no key is correct. */
    record UnknownSender(String name) implements AuthResult {
      /** The rejection when the key stays unknown, in the reference's words. */
      public AuthFailure asFailure() {
        return new AuthFailure(UNKNOWN_SENDER + SafeText.excerpt(name));
      }
    }

    /** Rejected, for a reason in the reference's words. */
    record AuthFailure(String reason) implements AuthResult {}
  }

  /** The headers of a request by this node. */
  public static SignatureHeaders sign(Identity me, Instant now, String method, String path) {
    String timestamp = Long.toString(now.toEpochMilli());
    return new SignatureHeaders(
        me.name(), timestamp, me.keys().signBase64(message(me.name(), timestamp, method, path)));
  }

  /**
   * Authenticates the sender of a request. Verifies a signature: not for an event loop.
   *
   * @param keyOf the key of a name, if it is known
   */
  public static AuthResult authenticate(
      SignatureHeaders headers,
      String method,
      String path,
      Instant now,
      Function<String, Optional<PublicKey>> keyOf,
      SignatureVerifier verifier) {
    if (!headers.isComplete()) {
      return new AuthResult.AuthFailure("missing auth headers");
    }
    Optional<Duration> age = age(headers.timestamp(), now);
    if (age.isEmpty()) {
      return new AuthResult.AuthFailure("invalid timestamp");
    }
    if (age.get().abs().compareTo(MeshLimits.CLOCK_SKEW) > 0) {
      return new AuthResult.AuthFailure(OTHER_TIME + ": " + GoDuration.format(age.get()));
    }
    if (!isBase64(headers.signature())) {
      return new AuthResult.AuthFailure("invalid signature encoding");
    }
    Optional<PublicKey> key = keyOf.apply(headers.name());
    if (key.isEmpty()) {
      return new AuthResult.UnknownSender(headers.name());
    }
    byte[] message = message(headers.name(), headers.timestamp(), method, path);
    return isValid(verifier, key.get(), message, headers.signature())
        ? new AuthResult.Authenticated(headers.name())
        : new AuthResult.AuthFailure(OTHER_KEY);
  }

  /** The age of a timestamp in Unix milliseconds; empty when it is not a 64-bit number. */
  static Optional<Duration> age(String timestamp, Instant now) {
    try {
      return Optional.of(Duration.between(Instant.ofEpochMilli(Long.parseLong(timestamp)), now));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  public static boolean isValid(
      SignatureVerifier verifier, PublicKey key, byte[] message, String signature) {
    return Signatures.decode(signature)
        .map(bytes -> verifier.verify(List.of(new SignatureCheck(key, message, bytes)))[0])
        .orElse(false);
  }

  /** Whether the text is Base64; the empty text is. */
  public static boolean isBase64(String signature) {
    try {
      Base64.getDecoder().decode(signature);
      return true;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /**
   * Identifies what is signed, whatever the encoding of the signature. Nobody finds another message
   * with the same 64 bits while the signature is valid.
   */
  public static long messageHash(SignatureHeaders headers, String method, String path) {
    byte[] message = message(headers.name(), headers.timestamp(), method, path);
    return ByteBuffer.wrap(Hashing.newSha256().digest(message)).getLong();
  }

  private static byte[] message(String name, String timestamp, String method, String path) {
    return (name + timestamp + method + path).getBytes(UTF_8);
  }
}
