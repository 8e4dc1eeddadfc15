package nara.event;

import java.util.Optional;

/**
 * The result of reading one event's JSON. A bad event is a value, so that it costs no other event
 * of the same response.
 */
public sealed interface ReadResult {
  /** The id that the JSON claims, unchanged; empty when it claims none. */
  String claimedId();

  /** Why the event is malformed; empty when it is well formed. */
  Optional<String> validationError();

  /**
   * An event whose structure could be read.
   *
   * @param event with the computed id
   * @param signedHash the 32 bytes that its emitter signed; null when it is not signed, or when
   *     nobody was expected to verify it
   * @param error the validity rule that it breaks, or null
   */
  record ParsedEvent(Event event, String claimedId, byte[] signedHash, String error)
      implements ReadResult {
    @Override
    public Optional<String> validationError() {
      return Optional.ofNullable(error);
    }

    /** Whether the claimed id is the hash of the content. */
    public boolean idMatches() {
      return event.id().matchesHex(claimedId);
    }

    /** The text under its id and signature. */
    public String content() {
      return event.payload().content();
    }

    /** The 32 bytes that its emitter signed or would sign; they include the claimed id. */
    public byte[] signableHash() {
      return signedHash != null
          ? signedHash
          : Event.signedHash(claimedId, event.ts(), event.service(), event.emitter(), content());
    }
  }

  /**
   * Bytes that are no event: broken JSON, a wrong type, too large, a service without its payload.
   *
   * @param claimedId empty when it could not be read
   */
  record Unreadable(String claimedId, String reason) implements ReadResult {
    @Override
    public Optional<String> validationError() {
      return Optional.of(reason);
    }
  }
}
