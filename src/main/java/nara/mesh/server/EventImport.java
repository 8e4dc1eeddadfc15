package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.event.json.JsonRecord;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.mesh.wire.EventList;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshJson;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.RequestSignature;
import nara.trust.verifier.SignatureVerifier;

/**
 * The body of {@code POST /api/events/import}: a backup that the owner of a node sends to it,
 * signed with the node's own key.
 *
 * <p>The signature covers the time and the ids. An id is the hash of an event's content, so trust
 * finds altered events.
 *
 * @param events cut out of the body, not parsed
 * @param ts when it was signed, Unix seconds
 * @param sig as Base64, or empty
 */
public record EventImport(RawEvents events, long ts, String sig) {
  /** Reads a body; fails when it is no import or holds too many events. */
  static EventImport read(byte[] json, int maxEvents) throws MeshException {
    JsonRecord body =
        MeshJson.read(
            MeshJson.fields().elementList("events", maxEvents).numbers("ts").texts("sig"), json);
    return new EventImport(
        RawEvents.of(json, body.elements("events")), body.number("ts"), body.text("sig"));
  }

  /** The 32 bytes that the owner signs. */
  byte[] signedHash() {
    return EventList.signedHash(ts + ":", events);
  }

  /** Why it is rejected, in the reference's words, or empty. Not for an event loop. */
  Optional<String> fault(Identity owner, Instant now, SignatureVerifier verifier) {
    Optional<Duration> age = age(now);
    if (age.isEmpty() || age.get().abs().compareTo(MeshLimits.IMPORT_CLOCK_SKEW) > 0) {
      return Optional.of(
          "timestamp too old or in future" + age.map(a -> ": " + GoDuration.format(a)).orElse(""));
    }
    if (!RequestSignature.isBase64(sig)) {
      return Optional.of("invalid signature encoding");
    }
    return RequestSignature.isValid(verifier, owner.keys().publicKey(), signedHash(), sig)
        ? Optional.empty()
        : Optional.of(RequestSignature.OTHER_KEY);
  }

  /** Its age; empty when the time stamp is outside the range of an Instant. */
  private Optional<Duration> age(Instant now) {
    return ts > Instant.MAX.getEpochSecond()
        ? Optional.empty()
        : Optional.of(Duration.between(Instant.ofEpochSecond(ts), now));
  }

  /**
   * Writes an import.
   *
   * @param owner the identity of the node
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

  /** The response, in the reference's form. */
  static byte[] writeResponse(int imported, int duplicates, int warnings) {
    return ("{\"success\":true,\"imported\":%d,\"duplicates\":%d%s}\n"
            .formatted(imported, duplicates, warnings == 0 ? "" : ",\"warnings\":" + warnings))
        .getBytes(UTF_8);
  }
}
