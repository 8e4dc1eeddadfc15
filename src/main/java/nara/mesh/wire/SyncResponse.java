package nara.mesh.wire;

import java.util.List;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.event.Event;
import nara.event.json.GoJson;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureVerifier;

/**
 * The answer of {@code POST /events/sync}, cut into its events but not parsed further, so that a
 * broken event costs itself only.
 *
 * <p>Its inner signature covers the ids that the events state, in order: it says that the responder
 * chose these events, and outlives the exchange.
 *
 * @param from who says to have answered
 * @param events cut out of the body, not parsed
 * @param nextCursor where a page goes on; empty at the end
 * @param ts when it was answered, Unix seconds
 * @param sig the inner signature as Base64, or empty
 */
public record SyncResponse(
    String from, RawEvents events, Optional<Long> nextCursor, long ts, String sig) {

  /** Cuts a body; the trouble is that it is not an answer, or holds too many events. */
  public static SyncResponse read(byte[] json, int maxEvents) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    return new SyncResponse(
        fields.string("from"),
        RawEvents.of(json, fields.elements("events", maxEvents)),
        cursor(fields.string("next_cursor")),
        fields.longValue("ts"),
        fields.string("sig"));
  }

  private static Optional<Long> cursor(String text) throws MeshException {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
    } catch (NumberFormatException notANumber) {
      throw new MeshException(
          MeshFailure.MALFORMED, "next_cursor '" + SafeText.excerpt(text) + "' is not a number");
    }
  }

  /** What is wrong with the inner signature, or empty. Not for an event loop. */
  public Optional<String> fault(
      String peerName, PublicKey key, SignatureVerifier signatureVerifier) {
    if (!from.equals(peerName)) {
      return Optional.of(
          SafeText.excerpt(peerName) + " was asked, the answer is from " + SafeText.excerpt(from));
    }
    if (sig.isEmpty()) {
      return Optional.of("the list of events is not signed");
    }
    byte[] hash = EventList.signedHash(from + ':' + ts + ':', events);
    return RequestSignature.isValid(signatureVerifier, key, hash, sig)
        ? Optional.empty()
        : Optional.of(
            "the signature over the list of events is not that of " + SafeText.excerpt(from));
  }

  /**
   * Writes an answer of ours out of the bytes that the events came as. Not for an event loop.
   *
   * @param tsSeconds now, Unix seconds
   */
  public static Body write(
      Identity me, List<Event> events, Optional<Long> nextCursor, long tsSeconds) {
    byte[][] jsons = EventList.collectJson(events);
    String sig =
        me.keys().signBase64(EventList.signedHash(me.name() + ':' + tsSeconds + ':', jsons));

    StringBuilder head = new StringBuilder("{\"from\":");
    GoJson.appendString(head, me.name());
    head.append(",\"events\":");
    StringBuilder tail = new StringBuilder();
    nextCursor.ifPresent(cursor -> tail.append(",\"next_cursor\":\"").append(cursor).append('"'));
    tail.append(",\"ts\":").append(tsSeconds).append(",\"sig\":\"").append(sig).append("\"}\n");
    return EventList.assemble(head, jsons, "null", tail);
  }
}
