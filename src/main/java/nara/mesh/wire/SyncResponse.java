package nara.mesh.wire;

import java.util.List;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.event.Event;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureVerifier;

/**
 * The response of {@code POST /events/sync}, cut into its events but not parsed further: a broken
 * event costs only itself.
 *
 * <p>The inner signature covers the ids that the events claim, in order. It proves that the sender
 * chose these events, also after the exchange.
 *
 * @param from the sender, by its own word
 * @param events cut out of the body, not parsed
 * @param nextCursor of the next page; empty at the end
 * @param ts of the response, Unix seconds
 * @param sig the inner signature as Base64, or empty
 */
public record SyncResponse(
    String from, RawEvents events, Optional<Long> nextCursor, long ts, String sig) {

  /** Reads a body with at most this many events. */
  public static SyncResponse read(byte[] json, int maxEvents) throws MeshException {
    JsonFields fields = MeshJson.fields().texts("from").elementList("events", maxEvents);
    fields.texts("next_cursor").numbers("ts").texts("sig");
    JsonRecord response = MeshJson.read(fields, json);
    return new SyncResponse(
        response.text("from"),
        RawEvents.of(json, response.elements("events")),
        cursor(response.text("next_cursor")),
        response.number("ts"),
        response.text("sig"));
  }

  private static Optional<Long> cursor(String text) throws MeshException {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
    } catch (NumberFormatException notANumber) {
      throw new MeshException(
          MeshFailure.MALFORMED, "next_cursor '" + SafeText.excerpt(text) + "' is not a number");
    }
  }

  /** The fault of the inner signature, or empty. Not for an event loop. */
  public Optional<String> fault(String peerName, PublicKey key, SignatureVerifier verifier) {
    if (!from.equals(peerName)) {
      return Optional.of(
          "expected a response from %s, got one from %s"
              .formatted(SafeText.excerpt(peerName), SafeText.excerpt(from)));
    }
    if (sig.isEmpty()) {
      return Optional.of("the list of events is not signed");
    }
    byte[] hash = EventList.signedHash(from + ':' + ts + ':', events);
    return RequestSignature.isValid(verifier, key, hash, sig)
        ? Optional.empty()
        : Optional.of(
            "the signature over the list of events is not from " + SafeText.excerpt(from));
  }

  /**
   * Writes the response of this node with the events' bytes as received. Not for an event loop.
   *
   * @param tsSeconds now, Unix seconds
   */
  public static Body write(
      Identity me, List<Event> events, Optional<Long> nextCursor, long tsSeconds) {
    byte[][] jsons = EventList.collectJson(events);
    byte[] hash = EventList.signedHash(me.name() + ':' + tsSeconds + ':', jsons);
    JsonWriter tail =
        JsonWriter.continued()
            .optional("next_cursor", nextCursor.map(String::valueOf).orElse(""))
            .number("ts", tsSeconds)
            .text("sig", me.keys().signBase64(hash));
    JsonWriter head = JsonWriter.begin().text("from", me.name()).name("events");
    return EventList.assemble(head, jsons, "null", tail);
  }
}
