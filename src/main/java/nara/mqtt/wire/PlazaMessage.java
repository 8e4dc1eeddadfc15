package nara.mqtt.wire;

import nara.event.json.RawEvents;
import nara.identity.PublicKey;

/** What a message on the plaza turned out to be. */
public sealed interface PlazaMessage {
  /**
   * A hey-there event, signed with the key that it carries.
   *
   * @param ts when it was said by its sender's clock, Unix nanoseconds
   */
  record VerifiedHeyThere(
      String name, String id, String address, PublicKey key, long ts, byte[] json)
      implements PlazaMessage {}

  /** A chau event, signed with the key that it carries. */
  record VerifiedChau(String name, PublicKey key, long ts, byte[] json) implements PlazaMessage {}

  /** A howdy, signed with the key in its status. */
  record VerifiedHowdy(HowdyMessage message, PublicKey key) implements PlazaMessage {}

  /** A newspaper, signed with the known key of its sender, or of a stranger, the one it tells. */
  record VerifiedNewspaper(Newspaper newspaper, PublicKey key) implements PlazaMessage {}

  /** A social event, not judged yet. */
  record SocialEvent(byte[] json) implements PlazaMessage {}

  /** Somebody wants events. */
  record IncomingRequest(LedgerRequestMessage request) implements PlazaMessage {}

  /**
   * Somebody's answer, as events to be judged.
   *
   * @param bytes of the message
   */
  record IncomingResponse(String from, long bytes, RawEvents events) implements PlazaMessage {}

  /** A message about checkpoints, neither read nor judged yet. */
  record IncomingCheckpoint(CheckpointMessage message) implements PlazaMessage {}

  /** Nothing to act on. */
  record Ignored(IgnoreReason ignoreReason) implements PlazaMessage {}

  /** Why a message was ignored: the closed list that is counted. */
  enum IgnoreReason {
    /** More bytes than a message of its topic may have. */
    TOO_LARGE,
    /** Not JSON, or not what its topic promises. */
    UNREADABLE,
    /** Sender missing, not usable in a topic, or not the one that the topic names. */
    WRONG_SENDER,
    /** Not signed by the key that it carries, or by the one that is known of its sender. */
    BAD_SIGNATURE,
    /** A newspaper of somebody whose key nobody told, not even itself. */
    UNKNOWN_KEY,
    /** Its sender is known with another key: the first one stays. */
    OTHER_KEY,
    /**
     * An announcement or goodbye that is older than the last one, or than it may be: it says
     * nothing about who is there now, but is still an event for the ledger.
     */
    STALE,
    /** An answer that nobody waits for, or one too many. */
    NOT_ASKED,
    /** More questions than are answered in this time. */
    TOO_OFTEN,
    /** A topic that was not subscribed to. */
    UNKNOWN_TOPIC,
    /** Nothing wrong with it, but the ledger, the judge or the connection failed. */
    NOT_SERVED;

    /** The name in counters. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
