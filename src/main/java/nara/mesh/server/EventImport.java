package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.mesh.wire.EventList;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.JsonFields;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.RequestSignature;
import nara.trust.verifier.SignatureVerifier;

/**
 * The body of {@code POST /api/events/import}: events that a node's owner gives it, a backup, under
 * the signature of the node's own key.
 *
 * <p>What is signed are the time and the ids; an id is the hash of what an event says, so the judge
 * finds what was altered on the way.
 *
 * @param events cut out of the body, not parsed
 * @param ts when it was signed, Unix seconds
 * @param sig as Base64, or empty
 */
public record EventImport(RawEvents events, long ts, String sig) {
  /** Where it is posted. */
  public static final String PATH = "/api/events/import";

  /** How far owner's and node's clocks may be apart: the wire contract's five minutes. */
  static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);

  /** Cuts a body; the trouble is that it is no import, or holds too many events. */
  static EventImport read(byte[] json, int maxEvents) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    return new EventImport(
        RawEvents.of(json, fields.elements("events", maxEvents)),
        fields.longValue("ts"),
        fields.string("sig"));
  }

  /** What the owner signs: 32 bytes. */
  byte[] signedHash() {
    return EventList.signedHash(ts + ":", events);
  }

  /** Why it is refused, as the reference words it, or empty. Not for an event loop. */
  Optional<String> fault(Identity owner, Instant now, SignatureVerifier signatureVerifier) {
    Optional<Duration> age = age(now);
    if (age.isEmpty() || age.get().abs().compareTo(MAX_CLOCK_SKEW) > 0) {
      return Optional.of(
          "timestamp too old or in future" + age.map(a -> ": " + GoDuration.format(a)).orElse(""));
    }
    if (!isBase64(sig)) {
      return Optional.of("invalid signature encoding");
    }
    return RequestSignature.isValid(signatureVerifier, owner.keys().publicKey(), signedHash(), sig)
        ? Optional.empty()
        : Optional.of("signature verification failed");
  }

  /** How old it is; empty when that is beyond what a clock can show. */
  private Optional<Duration> age(Instant now) {
    return Math.abs(ts) > Instant.MAX.getEpochSecond()
        ? Optional.empty()
        : Optional.of(Duration.between(Instant.ofEpochSecond(ts), now));
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /**
   * Writes an import.
   *
   * @param owner who the node is that it is for
   * @param events the JSON of each
   * @param now Unix seconds
   */
  public static byte[] write(Identity owner, List<byte[]> events, long now) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("{\"events\":[".getBytes(UTF_8));
    for (int i = 0; i < events.size(); i++) {
      if (i > 0) {
        body.write(',');
      }
      body.writeBytes(events.get(i));
    }
    byte[] hash = EventList.signedHash(now + ":", events.toArray(byte[][]::new));
    String sig = owner.keys().signBase64(hash);
    body.writeBytes(("],\"ts\":" + now + ",\"sig\":\"" + sig + "\"}").getBytes(UTF_8));
    return body.toByteArray();
  }

  /** The answer, in the reference's form. */
  static byte[] writeResponse(int imported, int duplicates, int warnings) {
    return ("{\"success\":true,\"imported\":%d,\"duplicates\":%d%s}\n"
            .formatted(imported, duplicates, warnings == 0 ? "" : ",\"warnings\":" + warnings))
        .getBytes(UTF_8);
  }
}
