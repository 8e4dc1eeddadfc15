package nara.stash;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;
import nara.identity.PublicKey;
import nara.stash.ConfidantStore.KeptStash;
import nara.stash.wire.StashLimits;

/**
 * What the snapshot keeps of the stash. The own content is encrypted, since the snapshot is not.
 *
 * @param own the encrypted content of this node's own stash; empty without one
 */
record SavedStash(List<KeptStash> kept, byte[] own, List<Confidant> confidants) {
  /** The name of the section in the snapshot. */
  static final String SECTION = "stash";

  private static final JsonFields KEPT =
      new JsonFields(StashLimits.MESSAGE_BYTES, true)
          .texts("owner_id", "owner", "key", "sealed")
          .numbers("stored", "sent")
          .texts("host");
  private static final JsonFields CONFIDANT =
      new JsonFields(StashLimits.TEXT_CHARACTERS, true).texts("name", "id");
  private static final JsonFields FIELDS =
      new JsonFields(StashLimits.MESSAGE_BYTES, true)
          .texts("own")
          .objectList("confidants", CONFIDANT, StashLimits.CONFIDANTS)
          .objectList("kept", KEPT, StashLimits.OWNERS_HOG);

  byte[] json() {
    return JsonWriter.begin()
        .text("own", Base64.getEncoder().encodeToString(own))
        .objectList(
            "confidants",
            confidants,
            (out, confidant) -> out.text("name", confidant.name()).text("id", confidant.id()))
        .objectList(
            "kept",
            kept,
            (out, stash) ->
                out.text("owner_id", stash.ownerId())
                    .text("owner", stash.owner())
                    .text("key", stash.key().encoded())
                    .text("sealed", Base64.getEncoder().encodeToString(stash.sealed()))
                    .number("stored", stash.storedAt().getEpochSecond())
                    // Rounded up: the message of this stash must not be newer than it.
                    .number("sent", stash.sentAt().toEpochMilli() + 1)
                    .text("host", stash.host()))
        .end()
        .toBytes();
  }

  /** Reads the section; empty when it is damaged. */
  static Optional<SavedStash> read(byte[] json) {
    try {
      JsonRecord saved = FIELDS.read(json);
      return Optional.of(
          new SavedStash(
              saved.objects("kept").stream().map(SavedStash::keptStash).toList(),
              Base64.getDecoder().decode(saved.text("own")),
              saved.objects("confidants").stream()
                  .map(each -> new Confidant(each.text("name"), each.text("id"), 0))
                  .toList()));
    } catch (MalformedJsonException | IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  private static KeptStash keptStash(JsonRecord json) {
    return new KeptStash(
        json.text("owner_id"),
        json.text("owner"),
        PublicKey.parse(json.text("key"))
            .orElseThrow(() -> new MalformedJsonException("key is none")),
        Base64.getDecoder().decode(json.text("sealed")),
        Instant.ofEpochSecond(json.number("stored")),
        Instant.ofEpochMilli(json.number("sent")),
        json.text("host"));
  }
}
