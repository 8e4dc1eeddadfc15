package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureVerifier;

/**
 * Signs responses and verifies them, by the wire contract: Ed25519 over name, timestamp and the
 * Base64 of the body's SHA-256. The body is the JSON before compression.
 */
public final class ResponseSignature {
  private ResponseSignature() {}

  /** The headers of a response by this node. Hashes and signs: not for an event loop. */
  public static SignatureHeaders sign(Identity me, Instant now, Body body) {
    String timestamp = Long.toString(now.toEpochMilli());
    return new SignatureHeaders(
        me.name(), timestamp, me.keys().signBase64(message(me.name(), timestamp, body.hash())));
  }

  /**
   * Verifies that a response is from the requested peer and unaltered; not its {@link #age}. Hashes
   * the body and verifies a signature: not for an event loop.
   *
   * @param key the key of {@code peerName}
   * @return the fault, or empty
   */
  public static Optional<String> fault(
      SignatureHeaders headers,
      byte[] body,
      String peerName,
      PublicKey key,
      SignatureVerifier verifier) {
    if (!headers.isComplete()) {
      return Optional.of("the response is not signed");
    }
    if (!headers.name().equals(peerName)) {
      return Optional.of(
          "expected a response from %s, got one from %s"
              .formatted(SafeText.excerpt(peerName), SafeText.excerpt(headers.name())));
    }
    if (age(headers, Instant.EPOCH).isEmpty()) {
      return Optional.of("the timestamp of the response is not a number");
    }
    byte[] message = message(headers.name(), headers.timestamp(), Hashing.sha256(body));
    return RequestSignature.isValid(verifier, key, message, headers.signature())
        ? Optional.empty()
        : Optional.of("the signature in the headers is not from " + SafeText.excerpt(peerName));
  }

  /**
   * How long before a time the response was signed, by its sender's clock.
   *
   * @param receivedAt when the head of the response arrived
   * @return negative when it was signed later; empty when its timestamp is not a number
   */
  public static Optional<Duration> age(SignatureHeaders headers, Instant receivedAt) {
    return RequestSignature.age(headers.timestamp(), receivedAt);
  }

  private static byte[] message(String name, String timestamp, byte[] hash) {
    return (name + timestamp + Base64.getEncoder().encodeToString(hash)).getBytes(UTF_8);
  }
}
