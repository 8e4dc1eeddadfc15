package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventLimits;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.Signatures;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.PlazaMessage.Ignored;
import nara.mqtt.wire.PlazaMessage.IncomingCheckpoint;
import nara.mqtt.wire.PlazaMessage.IncomingJourney;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Decodes the messages of the plaza and verifies their senders.
 *
 * <p>Anybody can publish to any topic, so a topic proves nothing. Stateless. Verifying a signature
 * takes milliseconds and decoding the largest responses some hundred, so call it on a worker.
 */
public final class PlazaDecoder {
  /** A howdy names ten neighbours; a status has a line for each nara that its sender knows. */
  static final int MAX_STATUS_BYTES = 1 << 20;

  /** A proposal or a vote has some 500 bytes, and up to 4 KB with the longest names escaped. */
  static final int MAX_BALLOT_BYTES = 16 << 10;

  /** A request lists its subjects. */
  static final int MAX_REQUEST_BYTES = 1 << 20;

  private final String me;
  private final boolean hasLedgerTopics;
  private final Keyring keys;
  private final SignatureVerifier signatureVerifier;
  private final int maxBytes;
  private final EventReader reader = new EventReader();

  /**
   * A decoder for one node.
   *
   * @param me this node's name
   * @param keys read, never changed
   * @param maxBytes of a response
   */
  public PlazaDecoder(String me, Keyring keys, SignatureVerifier verifier, int maxBytes) {
    this.me = me;
    this.hasLedgerTopics = Topics.nameError(me).isEmpty();
    this.keys = keys;
    this.signatureVerifier = verifier;
    this.maxBytes = maxBytes;
  }

  /** Decodes a message. Never throws because of its content. */
  public PlazaMessage decode(String topic, byte[] payload) {
    if (payload.length > maxBytes(topic)) {
      return new Ignored(IgnoreReason.TOO_LARGE);
    }
    try {
      return switch (topic) {
        case Topics.HEY_THERE -> decodePresence(payload, Service.HEY_THERE);
        case Topics.CHAU -> decodePresence(payload, Service.CHAU);
        case Topics.HOWDY -> decodeHowdy(payload);
        case Topics.SOCIAL -> decodeSocial(payload);
        case Topics.CHECKPOINT_PROPOSE ->
            new IncomingCheckpoint(new CheckpointMessage.Proposed(payload));
        case Topics.CHECKPOINT_VOTE -> new IncomingCheckpoint(new CheckpointMessage.Voted(payload));
        case Topics.CHECKPOINT_FINAL ->
            new IncomingCheckpoint(new CheckpointMessage.Agreed(payload));
        case Topics.JOURNEY_COMPLETE ->
            new IncomingJourney(new JourneyMessage.JourneyCompleted(payload));
        default -> decodeNamedTopic(topic, payload);
      };
    } catch (MalformedJsonException malformed) {
      return new Ignored(IgnoreReason.UNREADABLE);
    }
  }

  private int maxBytes(String topic) {
    int limit =
        switch (topic) {
          case Topics.HEY_THERE, Topics.CHAU, Topics.SOCIAL, Topics.CHECKPOINT_FINAL ->
              EventLimits.MAX_EVENT_BYTES;
          case Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE -> MAX_BALLOT_BYTES;
          case Topics.HOWDY -> MAX_STATUS_BYTES;
          default ->
              topic.endsWith("/response")
                  ? maxBytes
                  : topic.endsWith("/request") ? MAX_REQUEST_BYTES : MAX_STATUS_BYTES;
        };
    return Math.min(limit, maxBytes);
  }

  private PlazaMessage decodePresence(byte[] json, Service expected) {
    if (!(reader.read(json) instanceof ReadResult.ParsedEvent parsed)
        || parsed.event().service() != expected
        || parsed.validationError().isPresent()
        || !parsed.idMatches()) {
      return new Ignored(IgnoreReason.UNREADABLE);
    }
    Event event = parsed.event();
    String from = event.actor();
    if (Topics.nameError(from).isPresent() || !from.equals(event.emitter())) {
      return new Ignored(IgnoreReason.WRONG_SENDER);
    }
    Optional<PublicKey> key =
        switch (event.payload()) {
          case HeyThere there -> PublicKey.parse(there.publicKey());
          case Chau chau -> PublicKey.parse(chau.publicKey());
          default -> Optional.empty();
        };
    Optional<byte[]> sig = event.signature();
    if (key.isEmpty() || sig.isEmpty() || !verifies(key.get(), parsed.signedHash(), sig.get())) {
      return new Ignored(IgnoreReason.BAD_SIGNATURE);
    }
    return event.payload() instanceof HeyThere there
        ? new PlazaMessage.VerifiedHeyThere(
            from, there.id(), there.meshIp(), key.get(), event.ts(), json)
        : new PlazaMessage.VerifiedChau(from, key.get(), event.ts(), json);
  }

  private PlazaMessage decodeHowdy(byte[] json) {
    HowdyMessage howdy = HowdyMessage.read(json);
    if (Topics.nameError(howdy.from()).isPresent()) {
      return new Ignored(IgnoreReason.WRONG_SENDER);
    }
    Optional<PublicKey> key = PublicKey.parse(howdy.status().publicKey());
    String text = HowdyMessage.signedText(howdy.from(), howdy.to(), howdy.seq());
    return key.isPresent() && verifies(key.get(), utf8(text), howdy.signature())
        ? new PlazaMessage.VerifiedHowdy(howdy, key.get())
        : new Ignored(IgnoreReason.BAD_SIGNATURE);
  }

  private PlazaMessage decodeSocial(byte[] json) {
    return reader.read(json) instanceof ReadResult.ParsedEvent event
            && event.event().service() == Service.SOCIAL
            && event.validationError().isEmpty()
        ? new PlazaMessage.SocialEvent(json)
        : new Ignored(IgnoreReason.UNREADABLE);
  }

  private PlazaMessage decodeNamedTopic(String topic, byte[] json) {
    Optional<String> publisher = Topics.publisherOf(topic);
    if (publisher.isPresent()) {
      return decodeNewspaper(publisher.get(), json);
    }
    if (hasLedgerTopics && topic.equals(Topics.response(me))) {
      LedgerResponseMessage.DecodedResponse response = LedgerResponseMessage.decode(json);
      return new PlazaMessage.IncomingResponse(response.from(), json.length, response.events());
    }
    if (hasLedgerTopics && topic.equals(Topics.request(me))) {
      LedgerRequestMessage request = LedgerRequestMessage.read(json);
      return Topics.nameError(request.from()).isPresent() || request.from().equals(me)
          ? new Ignored(IgnoreReason.WRONG_SENDER)
          : new PlazaMessage.IncomingRequest(request);
    }
    return new Ignored(IgnoreReason.UNKNOWN_TOPIC);
  }

  private PlazaMessage decodeNewspaper(String publisher, byte[] json) {
    Newspaper newspaper = Newspaper.read(json);
    if (!newspaper.from().equals(publisher)) {
      return new Ignored(IgnoreReason.WRONG_SENDER);
    }
    // A known key takes precedence. A stranger is verified by the key in its own status.
    Optional<PublicKey> key =
        keys.byName(publisher).or(() -> PublicKey.parse(newspaper.status().publicKey()));
    if (key.isEmpty()) {
      return new Ignored(IgnoreReason.UNKNOWN_KEY);
    }
    return verifies(key.get(), utf8(newspaper.statusJson()), newspaper.signature())
        ? new PlazaMessage.VerifiedNewspaper(newspaper, key.get())
        : new Ignored(IgnoreReason.BAD_SIGNATURE);
  }

  private boolean verifies(PublicKey key, byte[] message, String signature) {
    return Signatures.decode(signature).filter(sig -> verifies(key, message, sig)).isPresent();
  }

  private boolean verifies(PublicKey key, byte[] message, byte[] signature) {
    return signatureVerifier.verify(List.of(new SignatureCheck(key, message, signature)))[0];
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
