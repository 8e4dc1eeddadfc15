package nara.plaza;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import nara.event.Chau;
import nara.event.EventLimits;
import nara.event.EventReader;
import nara.event.HeyThere;
import nara.event.Reading;
import nara.event.Service;
import nara.event.Signatures;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.plaza.Heard.Reason;
import nara.trust.SignatureCheck;
import nara.trust.Verifier;

/**
 * Makes out what a message on the plaza says, and whether who it says said it.
 *
 * <p>Anybody can publish anything anywhere, so nothing here is believed because of its topic.
 * Stateless; reading and verifying take up to some milliseconds for a signature and some hundred
 * for the largest answers, so no event loop should do it.
 */
final class Ear {
  /** A howdy names ten neighbours; a status has a line for each nara that its sender knows. */
  static final int STATUS_BYTES = 1 << 20;

  /** A proposal or a vote has some 500 bytes, and up to 4 KB with the longest names escaped. */
  static final int BALLOT_BYTES = 16 << 10;

  /** A question names its subjects. */
  static final int QUESTION_BYTES = 1 << 20;

  private final String me;
  private final Keyring keys;
  private final Verifier verifier;
  private final int mostBytes;
  private final EventReader events = new EventReader();

  /**
   * An ear for these ledger topics.
   *
   * @param me this node's name
   * @param keys only looked at
   * @param mostBytes of an answer
   */
  Ear(String me, Keyring keys, Verifier verifier, int mostBytes) {
    this.me = me;
    this.keys = keys;
    this.verifier = verifier;
    this.mostBytes = mostBytes;
  }

  /** What the message is. Never throws for its content. */
  Heard hear(String topic, byte[] payload) {
    if (payload.length > mostBytes(topic)) {
      return new Heard.Ignored(Reason.TOO_LARGE);
    }
    try {
      return switch (topic) {
        case Topics.HEY_THERE -> presence(payload, Service.HEY_THERE);
        case Topics.CHAU -> presence(payload, Service.CHAU);
        case Topics.HOWDY -> howdy(payload);
        case Topics.SOCIAL -> social(payload);
        case Topics.CHECKPOINT_PROPOSE ->
            new Heard.AboutCheckpoint(new CheckpointWord.Proposed(payload));
        case Topics.CHECKPOINT_VOTE -> new Heard.AboutCheckpoint(new CheckpointWord.Voted(payload));
        case Topics.CHECKPOINT_FINAL ->
            new Heard.AboutCheckpoint(new CheckpointWord.Agreed(payload));
        default -> addressed(topic, payload);
      };
    } catch (PlazaJson.Refused refused) {
      return new Heard.Ignored(Reason.UNREADABLE);
    }
  }

  private int mostBytes(String topic) {
    int most =
        switch (topic) {
          case Topics.HEY_THERE, Topics.CHAU, Topics.SOCIAL, Topics.CHECKPOINT_FINAL ->
              EventLimits.EVENT_BYTES;
          case Topics.CHECKPOINT_PROPOSE, Topics.CHECKPOINT_VOTE -> BALLOT_BYTES;
          case Topics.HOWDY -> STATUS_BYTES;
          default ->
              topic.endsWith("/response")
                  ? mostBytes
                  : topic.endsWith("/request") ? QUESTION_BYTES : STATUS_BYTES;
        };
    return Math.min(most, mostBytes);
  }

  private Heard presence(byte[] json, Service expected) {
    if (!(events.read(json) instanceof Reading.Read read)
        || read.event().service() != expected
        || read.fault().isPresent()
        || !read.idMatches()) {
      return new Heard.Ignored(Reason.UNREADABLE);
    }
    String from = read.event().actor();
    if (Topics.fault(from).isPresent() || !from.equals(read.event().emitter())) {
      return new Heard.Ignored(Reason.WRONG_SENDER);
    }
    String told =
        switch (read.event().payload()) {
          case HeyThere hello -> hello.publicKey();
          case Chau goodbye -> goodbye.publicKey();
          default -> "";
        };
    Optional<PublicKey> key = PublicKey.parse(told);
    Optional<byte[]> signature = read.event().signature();
    if (key.isEmpty()
        || signature.isEmpty()
        || !verifies(key.get(), read.signedHash(), signature.get())) {
      return new Heard.Ignored(Reason.BAD_SIGNATURE);
    }
    long ts = read.event().ts();
    return read.event().payload() instanceof HeyThere hello
        ? new Heard.Hello(from, hello.id(), hello.meshIp(), key.get(), ts, json)
        : new Heard.Goodbye(from, key.get(), ts, json);
  }

  private Heard howdy(byte[] json) {
    HowdyMessage howdy = HowdyMessage.read(json);
    if (Topics.fault(howdy.from()).isPresent()) {
      return new Heard.Ignored(Reason.WRONG_SENDER);
    }
    Optional<PublicKey> key = PublicKey.parse(howdy.status().publicKey());
    String text = HowdyMessage.signedText(howdy.from(), howdy.to(), howdy.seq());
    return key.isPresent() && verifies(key.get(), utf8(text), howdy.signature())
        ? new Heard.Howdy(howdy, key.get())
        : new Heard.Ignored(Reason.BAD_SIGNATURE);
  }

  private Heard social(byte[] json) {
    return events.read(json) instanceof Reading.Read read
            && read.event().service() == Service.SOCIAL
            && read.fault().isEmpty()
        ? new Heard.Gossip(json)
        : new Heard.Ignored(Reason.UNREADABLE);
  }

  private Heard addressed(String topic, byte[] json) {
    Optional<String> publisher = Topics.newspaperOf(topic);
    if (publisher.isPresent()) {
      return newspaper(publisher.get(), json);
    }
    if (Topics.fault(me).isEmpty() && topic.equals(Topics.response(me))) {
      LedgerAnswerMessage.Rewrapped answer = LedgerAnswerMessage.rewrap(json);
      return new Heard.Answer(answer.from(), json.length, answer.json(), answer.events());
    }
    if (Topics.fault(me).isEmpty() && topic.equals(Topics.request(me))) {
      LedgerQuestion question = LedgerQuestion.read(json);
      boolean answerable = Topics.fault(question.from()).isEmpty() && !question.from().equals(me);
      return answerable ? new Heard.Question(question) : new Heard.Ignored(Reason.WRONG_SENDER);
    }
    return new Heard.Ignored(Reason.UNKNOWN_TOPIC);
  }

  private Heard newspaper(String publisher, byte[] json) {
    Newspaper paper = Newspaper.read(json);
    if (!paper.from().equals(publisher)) {
      return new Heard.Ignored(Reason.WRONG_SENDER);
    }
    // The known key counts; of a stranger the one that it tells, as in its howdies.
    Optional<PublicKey> key =
        keys.byName(publisher).or(() -> PublicKey.parse(paper.status().publicKey()));
    if (key.isEmpty()) {
      return new Heard.Ignored(Reason.UNKNOWN_KEY);
    }
    return verifies(key.get(), utf8(paper.statusJson()), paper.signature())
        ? new Heard.News(paper, key.get())
        : new Heard.Ignored(Reason.BAD_SIGNATURE);
  }

  private boolean verifies(PublicKey key, byte[] message, String signature) {
    return Signatures.decode(signature).filter(sig -> verifies(key, message, sig)).isPresent();
  }

  private boolean verifies(PublicKey key, byte[] message, byte[] signature) {
    return verifier.verify(List.of(new SignatureCheck(key, message, signature)))[0];
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
