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
 * A zine: somebody's events of the last minutes, passed from hand to hand. Its signature says who
 * chose these events; each event still stands for itself.
 *
 * @param from who says to have made it
 * @param createdAt Unix seconds
 * @param events cut out of the body, not parsed
 * @param signature as Base64, or empty
 */
public record Zine(String from, long createdAt, RawEvents events, String signature) {

  /** Cuts a body; the trouble is that it is no zine, or holds too many events. */
  public static Zine read(byte[] json, int maxEvents) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    return new Zine(
        fields.string("from"),
        fields.longValue("created_at"),
        RawEvents.of(json, fields.elements("events", maxEvents)),
        fields.string("signature"));
  }

  /** What is wrong with it as that nara's zine, or empty. Not for an event loop. */
  public Optional<String> fault(String maker, PublicKey key, SignatureVerifier signatureVerifier) {
    if (!from.equals(maker)) {
      return Optional.of(
          "a zine of "
              + SafeText.excerpt(from)
              + " where one of "
              + SafeText.excerpt(maker)
              + " belongs");
    }
    byte[] hash = EventList.signedHash(from + ':' + createdAt + ':', events);
    return RequestSignature.isValid(signatureVerifier, key, hash, signature)
        ? Optional.empty()
        : Optional.of("the signature of the zine is not that of " + SafeText.excerpt(from));
  }

  /**
   * Writes a zine of ours out of the bytes that the events came as. Not for an event loop.
   *
   * @param seconds now, Unix seconds
   */
  public static byte[] write(Identity me, List<Event> events, long seconds) {
    byte[][] jsons = EventList.collectJson(events);
    byte[] hash = EventList.signedHash(me.name() + ':' + seconds + ':', jsons);
    StringBuilder head = new StringBuilder("{\"from\":");
    GoJson.appendString(head, me.name());
    head.append(",\"created_at\":").append(seconds).append(",\"events\":");
    String tail = ",\"signature\":\"" + me.keys().signBase64(hash) + "\"}\n";
    return EventList.assemble(head, jsons, "[]", tail).bytes();
  }
}
