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
 * Signs answers, and checks those of others: Ed25519 over name, timestamp and the Base64 of the
 * body's SHA-256, by the wire contract.
 *
 * <p>The body is the JSON, whatever it is packed in on the way: peers of the reference unpack gzip
 * before they look at a body.
 */
public final class ResponseSignature {
  private ResponseSignature() {}

  /** The headers of an answer of ours. Signs, and hashes what is not hashed: on a worker. */
  public static SignatureHeaders sign(Identity me, Instant now, Body body) {
    String timestamp = Long.toString(now.toEpochMilli());
    return new SignatureHeaders(
        me.name(), timestamp, me.keys().signBase64(message(me.name(), timestamp, body.hash())));
  }

  /**
   * Checks that an answer is by whom it was asked of, made just now, and as it was made. Hashes the
   * body and verifies one signature: not for an event loop.
   *
   * @param peerName the name of whom was asked
   * @param key the key of that name
   * @param receivedAt when the head of the answer came
   * @return what is wrong with it, or empty
   */
  public static Optional<String> fault(
      SignatureHeaders headers,
      byte[] body,
      String peerName,
      PublicKey key,
      Instant receivedAt,
      SignatureVerifier signatureVerifier) {
    if (!headers.isComplete()) {
      return Optional.of("the answer is not signed");
    }
    if (!headers.name().equals(peerName)) {
      return Optional.of(
          SafeText.excerpt(peerName)
              + " was asked, "
              + SafeText.excerpt(headers.name())
              + " answered");
    }
    Optional<Duration> age = RequestSignature.age(headers.timestamp(), receivedAt);
    if (age.isEmpty()) {
      return Optional.of("the timestamp of the answer's signature is not a number");
    }
    if (age.get().abs().compareTo(MeshLimits.CLOCK_SKEW) > 0) {
      return Optional.of("the answer was signed " + GoDuration.format(age.get()) + " ago");
    }
    byte[] message = message(headers.name(), headers.timestamp(), Hashing.sha256(body));
    return RequestSignature.isValid(signatureVerifier, key, message, headers.signature())
        ? Optional.empty()
        : Optional.of("the signature in the headers is not that of " + SafeText.excerpt(peerName));
  }

  private static byte[] message(String name, String timestamp, byte[] hash) {
    return (name + timestamp + Base64.getEncoder().encodeToString(hash)).getBytes(UTF_8);
  }
}
