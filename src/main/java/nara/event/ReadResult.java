package nara.event;

import java.util.Optional;

/**
 * What became of the JSON of one event: read (perhaps with a fault), or not readable at all.
 *
 * <p>One bad event costs that event and nothing else, so the outcome is a value for each.
 */
public sealed interface ReadResult {
  /** The id that the JSON claims, as it stands there; empty when it claims none. */
  String claimedId();

  /** Why it is malformed; empty when it is well formed. */
  Optional<String> validationError();

  /**
   * An event whose structure could be read.
   *
   * @param event the event; its id is the computed one
   * @param claimedId the id that the JSON claims
   * @param signedHash the 32 bytes that its emitter signed, or null when it is not signed
   * @param error what the validity rules say against it, or null
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

    /** The text that its id and signature are computed over. */
    public String content() {
      return event.payload().content();
    }

    /** What its emitter signed or would have: 32 bytes over the claimed id. */
    public byte[] signableHash() {
      return signedHash != null
          ? signedHash
          : Event.signedHash(claimedId, event.ts(), event.service(), event.emitter(), content());
    }
  }

  /**
   * Bytes that are no event: broken JSON, a wrong type, too large, a service without its payload.
   *
   * @param claimedId the id, where it could be made out
   * @param reason what is wrong, in words for a person
   */
  record Unreadable(String claimedId, String reason) implements ReadResult {
    @Override
    public Optional<String> validationError() {
      return Optional.of(reason);
    }
  }
}
