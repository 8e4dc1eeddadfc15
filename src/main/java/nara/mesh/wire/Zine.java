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
 * A zine: a nara's events of the last minutes, exchanged with a neighbour. Its signature proves who
 * chose these events; each event is verified on its own.
 *
 * @param from the maker, by its own word
 * @param createdAt Unix seconds
 * @param events cut out of the body, not parsed
 * @param signature as Base64, or empty
 */
public record Zine(String from, long createdAt, RawEvents events, String signature) {

  /** Reads a body with at most this many events. */
  public static Zine read(byte[] json, int maxEvents) throws MeshException {
    JsonFields fields = MeshJson.fields().texts("from").numbers("created_at");
    fields.elementList("events", maxEvents).texts("signature");
    JsonRecord zine = MeshJson.read(fields, json);
    return new Zine(
        zine.text("from"),
        zine.number("created_at"),
        RawEvents.of(json, zine.elements("events")),
        zine.text("signature"));
  }

  /** The fault of this zine as one of that maker, or empty. Not for an event loop. */
  public Optional<String> fault(String maker, PublicKey key, SignatureVerifier verifier) {
    if (!from.equals(maker)) {
      return Optional.of(
          "expected a zine of %s, got one of %s"
              .formatted(SafeText.excerpt(maker), SafeText.excerpt(from)));
    }
    byte[] hash = EventList.signedHash(from + ':' + createdAt + ':', events);
    return RequestSignature.isValid(verifier, key, hash, signature)
        ? Optional.empty()
        : Optional.of("the signature of the zine is not from " + SafeText.excerpt(from));
  }

  /**
   * Writes a zine of this node with the events' bytes as received. Not for an event loop.
   *
   * @param seconds now, Unix seconds
   */
  public static byte[] write(Identity me, List<Event> events, long seconds) {
    byte[][] jsons = EventList.collectJson(events);
    byte[] hash = EventList.signedHash(me.name() + ':' + seconds + ':', jsons);
    JsonWriter head =
        JsonWriter.begin().text("from", me.name()).number("created_at", seconds).name("events");
    JsonWriter tail = JsonWriter.continued().text("signature", me.keys().signBase64(hash));
    return EventList.assemble(head, jsons, "[]", tail).bytes();
  }
}
