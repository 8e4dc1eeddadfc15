package nara.mqtt.wire;

import java.util.Locale;
import nara.event.json.RawEvents;
import nara.identity.PublicKey;

/** A decoded message of the plaza. */
public sealed interface PlazaMessage {
  /**
   * A hey-there event, signed with the key that it carries.
   *
   * @param ts by its sender's clock, Unix nanoseconds
   */
  record VerifiedHeyThere(
      String name, String id, String address, PublicKey key, long ts, byte[] json)
      implements PlazaMessage {}

  /** A chau event, signed with the key that it carries. */
  record VerifiedChau(String name, PublicKey key, long ts, byte[] json) implements PlazaMessage {}

  /** A howdy, signed with the key in its status. */
  record VerifiedHowdy(HowdyMessage message, PublicKey key) implements PlazaMessage {}

  /** A newspaper, signed with its sender's known key, or for a stranger with the key in it. */
  record VerifiedNewspaper(Newspaper newspaper, PublicKey key) implements PlazaMessage {}

  /** A social event, not verified yet. */
  record SocialEvent(byte[] json) implements PlazaMessage {}

  /** A request for events. */
  record IncomingRequest(LedgerRequestMessage request) implements PlazaMessage {}

  /**
   * A response, as events to be verified.
   *
   * @param bytes of the message
   */
  record IncomingResponse(String from, long bytes, RawEvents events) implements PlazaMessage {}

  /** A message about checkpoints, neither read nor verified yet. */
  record IncomingCheckpoint(CheckpointMessage message) implements PlazaMessage {}

  /** A message about a journey, neither read nor verified yet. */
  record IncomingJourney(JourneyMessage message) implements PlazaMessage {}

  /** A message without effect. */
  record Ignored(IgnoreReason ignoreReason) implements PlazaMessage {}

  /** Why a message was ignored; each reason has a counter. */
  enum IgnoreReason {
    /** More bytes than its topic allows. */
    TOO_LARGE,
    /** Not JSON, or not what its topic promises. */
    UNREADABLE,
    /** The sender is missing, not allowed in a topic, or not the one in the topic. */
    WRONG_SENDER,
    /** Not signed by the key that it carries, or by its sender's known key. */
    BAD_SIGNATURE,
    /** A newspaper whose sender's key is unknown. */
    UNKNOWN_KEY,
    /** Its sender is known with another key; the first key stays. */
    OTHER_KEY,
    /**
     * An announcement or goodbye that is too old, or older than its sender's last one. It still is
     * an event for the ledger.
     */
    STALE,
    /** The broker kept it from before this node connected: its sender may be gone. */
    RETAINED,
    /** A response that is not expected, or no longer. */
    NOT_ASKED,
    /** A request over the rate limit. */
    TOO_OFTEN,
    /** A topic that this node doesn't subscribe to. */
    UNKNOWN_TOPIC,
    /** A good message, but the ledger, the verification or the connection failed. */
    NOT_SERVED;

    /** The name in counters. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
