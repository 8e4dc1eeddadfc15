package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.Verifier;

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
  static SignedHeaders sign(Identity me, Instant now, Body body) {
    String timestamp = Long.toString(now.toEpochMilli());
    return new SignedHeaders(
        me.name(), timestamp, me.keys().signBase64(message(me.name(), timestamp, body.hash())));
  }

  /**
   * Checks that an answer is by whom it was asked of, made just now, and as it was made. Hashes the
   * body and verifies one signature: not for an event loop.
   *
   * @param asked the name of whom was asked
   * @param key the key of that name
   * @param received when the head of the answer came
   * @return what is wrong with it, or empty
   */
  static Optional<String> fault(
      SignedHeaders headers,
      byte[] body,
      String asked,
      PublicKey key,
      Instant received,
      Verifier verifier) {
    if (!headers.complete()) {
      return Optional.of("the answer is not signed");
    }
    if (!headers.name().equals(asked)) {
      return Optional.of(
          Event.excerpt(asked) + " was asked, " + Event.excerpt(headers.name()) + " answered");
    }
    Optional<Duration> age = RequestSignature.age(headers.timestamp(), received);
    if (age.isEmpty()) {
      return Optional.of("the timestamp of the answer's signature is not a number");
    }
    if (age.get().abs().compareTo(MeshLimits.CLOCK_SKEW) > 0) {
      return Optional.of("the answer was signed " + GoDuration.text(age.get()) + " ago");
    }
    byte[] message = message(headers.name(), headers.timestamp(), Sha256.start().digest(body));
    return RequestSignature.verifies(verifier, key, message, headers.signature())
        ? Optional.empty()
        : Optional.of("the signature in the headers is not that of " + Event.excerpt(asked));
  }

  private static byte[] message(String name, String timestamp, byte[] hash) {
    return (name + timestamp + Base64.getEncoder().encodeToString(hash)).getBytes(UTF_8);
  }
}
