package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import nara.event.Chau;
import nara.event.EventLimits;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.Signatures;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Makes out what a message on the plaza says, and whether who it says said it.
 *
 * <p>Anybody can publish anything anywhere, so nothing here is believed because of its topic.
 * Stateless; reading and verifying take up to some milliseconds for a signature and some hundred
 * for the largest answers, so no event loop should do it.
 */
public final class PlazaDecoder {
  /** A howdy names ten neighbours; a status has a line for each nara that its sender knows. */
  static final int MAX_STATUS_BYTES = 1 << 20;

  /** A proposal or a vote has some 500 bytes, and up to 4 KB with the longest names escaped. */
  static final int MAX_BALLOT_BYTES = 16 << 10;

  /** A question names its subjects. */
  static final int MAX_REQUEST_BYTES = 1 << 20;

  private final String me;
  private final Keyring keys;
  private final SignatureVerifier signatureVerifier;
  private final int maxBytes;
  private final EventReader eventReader = new EventReader();

  /**
   * An ear for these ledger topics.
   *
   * @param me this node's name
   * @param keys only looked at
   * @param maxBytes of an answer
   */
  public PlazaDecoder(String me, Keyring keys, SignatureVerifier signatureVerifier, int maxBytes) {
    this.me = me;
    this.keys = keys;
    this.signatureVerifier = signatureVerifier;
    this.maxBytes = maxBytes;
  }

  /** What the message is. Never throws for its content. */
  public PlazaMessage decode(String topic, byte[] payload) {
    if (payload.length > maxBytes(topic)) {
      return new PlazaMessage.Ignored(IgnoreReason.TOO_LARGE);
    }
    try {
      return switch (topic) {
        case Topics.HEY_THERE -> decodePresence(payload, Service.HEY_THERE);
        case Topics.CHAU -> decodePresence(payload, Service.CHAU);
        case Topics.HOWDY -> decodeHowdy(payload);
        case Topics.SOCIAL -> decodeSocial(payload);
        case Topics.CHECKPOINT_PROPOSE ->
            new PlazaMessage.IncomingCheckpoint(new CheckpointMessage.Proposed(payload));
        case Topics.CHECKPOINT_VOTE ->
            new PlazaMessage.IncomingCheckpoint(new CheckpointMessage.Voted(payload));
        case Topics.CHECKPOINT_FINAL ->
            new PlazaMessage.IncomingCheckpoint(new CheckpointMessage.Agreed(payload));
        default -> decodeNamedTopic(topic, payload);
      };
    } catch (PlazaJson.PlazaJsonException plazaJsonException) {
      return new PlazaMessage.Ignored(IgnoreReason.UNREADABLE);
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
    if (!(eventReader.read(json) instanceof ReadResult.ParsedEvent parsedEvent)
        || parsedEvent.event().service() != expected
        || parsedEvent.validationError().isPresent()
        || !parsedEvent.idMatches()) {
      return new PlazaMessage.Ignored(IgnoreReason.UNREADABLE);
    }
    String from = parsedEvent.event().actor();
    if (Topics.nameError(from).isPresent() || !from.equals(parsedEvent.event().emitter())) {
      return new PlazaMessage.Ignored(IgnoreReason.WRONG_SENDER);
    }
    String claimedKey =
        switch (parsedEvent.event().payload()) {
          case HeyThere hello -> hello.publicKey();
          case Chau goodbye -> goodbye.publicKey();
          default -> "";
        };
    Optional<PublicKey> key = PublicKey.parse(claimedKey);
    Optional<byte[]> signature = parsedEvent.event().signature();
    if (key.isEmpty()
        || signature.isEmpty()
        || !verifies(key.get(), parsedEvent.signedHash(), signature.get())) {
      return new PlazaMessage.Ignored(IgnoreReason.BAD_SIGNATURE);
    }
    long ts = parsedEvent.event().ts();
    return parsedEvent.event().payload() instanceof HeyThere hello
        ? new PlazaMessage.VerifiedHeyThere(from, hello.id(), hello.meshIp(), key.get(), ts, json)
        : new PlazaMessage.VerifiedChau(from, key.get(), ts, json);
  }

  private PlazaMessage decodeHowdy(byte[] json) {
    HowdyMessage howdy = HowdyMessage.read(json);
    if (Topics.nameError(howdy.from()).isPresent()) {
      return new PlazaMessage.Ignored(IgnoreReason.WRONG_SENDER);
    }
    Optional<PublicKey> key = PublicKey.parse(howdy.status().publicKey());
    String text = HowdyMessage.signedText(howdy.from(), howdy.to(), howdy.seq());
    return key.isPresent() && verifies(key.get(), utf8(text), howdy.signature())
        ? new PlazaMessage.VerifiedHowdy(howdy, key.get())
        : new PlazaMessage.Ignored(IgnoreReason.BAD_SIGNATURE);
  }

  private PlazaMessage decodeSocial(byte[] json) {
    return eventReader.read(json) instanceof ReadResult.ParsedEvent parsedEvent
            && parsedEvent.event().service() == Service.SOCIAL
            && parsedEvent.validationError().isEmpty()
        ? new PlazaMessage.SocialEvent(json)
        : new PlazaMessage.Ignored(IgnoreReason.UNREADABLE);
  }

  private PlazaMessage decodeNamedTopic(String topic, byte[] json) {
    Optional<String> publisher = Topics.publisherOf(topic);
    if (publisher.isPresent()) {
      return decodeNewspaper(publisher.get(), json);
    }
    if (Topics.nameError(me).isEmpty() && topic.equals(Topics.response(me))) {
      LedgerResponseMessage.DecodedResponse answer = LedgerResponseMessage.decode(json);
      return new PlazaMessage.IncomingResponse(answer.from(), json.length, answer.events());
    }
    if (Topics.nameError(me).isEmpty() && topic.equals(Topics.request(me))) {
      LedgerRequestMessage question = LedgerRequestMessage.read(json);
      boolean answerable =
          Topics.nameError(question.from()).isEmpty() && !question.from().equals(me);
      return answerable
          ? new PlazaMessage.IncomingRequest(question)
          : new PlazaMessage.Ignored(IgnoreReason.WRONG_SENDER);
    }
    return new PlazaMessage.Ignored(IgnoreReason.UNKNOWN_TOPIC);
  }

  private PlazaMessage decodeNewspaper(String publisher, byte[] json) {
    Newspaper paper = Newspaper.read(json);
    if (!paper.from().equals(publisher)) {
      return new PlazaMessage.Ignored(IgnoreReason.WRONG_SENDER);
    }
    // The known key counts; of a stranger the one that it tells, as in its howdies.
    Optional<PublicKey> key =
        keys.byName(publisher).or(() -> PublicKey.parse(paper.status().publicKey()));
    if (key.isEmpty()) {
      return new PlazaMessage.Ignored(IgnoreReason.UNKNOWN_KEY);
    }
    return verifies(key.get(), utf8(paper.statusJson()), paper.signature())
        ? new PlazaMessage.VerifiedNewspaper(paper, key.get())
        : new PlazaMessage.Ignored(IgnoreReason.BAD_SIGNATURE);
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
