package nara.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.mqtt.JdkTestVerifier;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.PlazaMessage.Ignored;
import nara.testing.Vectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any message on the plaza is decoded or ignored. */
class PlazaProperties {
  private static final List<String> TOPICS =
      List.of(
          Topics.HEY_THERE,
          Topics.CHAU,
          Topics.HOWDY,
          Topics.SOCIAL,
          "nara/newspaper/plaza-open",
          "nara/ledger/lisa/request",
          "nara/ledger/lisa/response",
          "nara/elsewhere");

  private static final List<String> RECORDED =
      Vectors.json("mqtt.json").get("messages").findValuesAsText("payload");

  private final PlazaDecoder decoder =
      new PlazaDecoder("lisa", new Keyring(), new JdkTestVerifier(), 1 << 20);

  /** The texts that the senders of the recorded messages signed. */
  private final Set<List<Object>> signed =
      RECORDED.stream()
          .flatMap(
              text -> TOPICS.stream().map(topic -> signedPart(decoder.decode(topic, utf8(text)))))
          .filter(part -> !part.isEmpty())
          .collect(Collectors.toSet());

  /** A recorded message with a part replaced by random bytes. */
  @Provide
  Arbitrary<byte[]> damaged() {
    Arbitrary<String> honest = Arbitraries.of(RECORDED);
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(20);
    return Combinators.combine(honest, noise, Arbitraries.doubles().between(0, 1))
        .as(
            (text, bytes, where) -> {
              byte[] message = utf8(text);
              int at = (int) (where * (message.length - bytes.length));
              System.arraycopy(bytes, 0, message, at, bytes.length);
              return message;
            });
  }

  @Property(tries = 2_000)
  void damaged_message_is_ignored_or_unsigned_or_says_what_its_sender_signed(
      @ForAll("damaged") byte[] message, @ForAll("topics") String topic) {
    assertThat(signed).as("what was signed").hasSize(4);
    PlazaMessage decoded = decoder.decode(topic, message);

    assertThat(decoded.equals(new Ignored(IgnoreReason.UNKNOWN_TOPIC)))
        .isEqualTo(topic.equals("nara/elsewhere"));
    List<Object> part = signedPart(decoded);
    if (!part.isEmpty()) {
      assertThat(signed).contains(part);
    }
    switch (decoded) {
      case PlazaMessage.VerifiedHeyThere hey -> assertThat(hey.json()).isEqualTo(message);
      case PlazaMessage.VerifiedChau chau -> assertThat(chau.json()).isEqualTo(message);
      case PlazaMessage.SocialEvent social -> assertThat(social.json()).isEqualTo(message);
      case PlazaMessage.IncomingResponse response ->
          assertThat(response.bytes()).isEqualTo(message.length);
      case PlazaMessage.IncomingRequest request ->
          assertThat(request.request().from()).isNotIn("", "lisa");
      case PlazaMessage.IncomingCheckpoint checkpoint -> fail("not from this topic: " + topic);
      case PlazaMessage.IncomingJourney journey -> fail("not from this topic: " + topic);
      case PlazaMessage.VerifiedHowdy howdy -> assertThat(topic).isEqualTo(Topics.HOWDY);
      case PlazaMessage.VerifiedNewspaper paper ->
          assertThat(topic).isEqualTo("nara/newspaper/" + paper.newspaper().from());
      case Ignored ignored ->
          assertThat(ignored.ignoreReason()).isNotEqualTo(IgnoreReason.TOO_LARGE);
    }
  }

  /** The text that the signature of a verified message covers; empty without a signature. */
  private static List<Object> signedPart(PlazaMessage decoded) {
    return switch (decoded) {
      case PlazaMessage.VerifiedHeyThere hey -> List.of("hey", hey.name(), hey.key(), hey.ts());
      case PlazaMessage.VerifiedChau chau -> List.of("chau", chau.name(), chau.key(), chau.ts());
      case PlazaMessage.VerifiedHowdy verified -> {
        HowdyMessage howdy = verified.message();
        yield List.of("howdy", howdy.from(), howdy.to(), howdy.seq(), verified.key());
      }
      case PlazaMessage.VerifiedNewspaper verified -> {
        Newspaper paper = verified.newspaper();
        yield List.of("newspaper", paper.from(), paper.statusJson(), verified.key());
      }
      case PlazaMessage.SocialEvent social -> List.of();
      case PlazaMessage.IncomingRequest request -> List.of();
      case PlazaMessage.IncomingResponse response -> List.of();
      case PlazaMessage.IncomingCheckpoint checkpoint -> List.of();
      case PlazaMessage.IncomingJourney journey -> List.of();
      case Ignored ignored -> List.of();
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<String> topics() {
    return Arbitraries.of(TOPICS);
  }

  @Property
  void request_reads_back_unchanged(
      @ForAll("texts") String from, @ForAll List<@net.jqwik.api.From("texts") String> subjects) {
    LedgerRequestMessage request = new LedgerRequestMessage(from, subjects);
    assertThat(LedgerRequestMessage.read(request.json())).isEqualTo(request);
  }

  @Property
  void event_from_a_response_has_the_id_of_its_content(
      @ForAll("texts") String actor,
      @ForAll("texts") String target,
      @ForAll("texts") String reason,
      @ForAll long ts) {
    LedgerResponseMessage.SocialEntry entry =
        new LedgerResponseMessage.SocialEntry("", ts, "tease", actor, target, reason, "", "");
    byte[] message = new LedgerResponseMessage("bart", List.of(entry)).json();

    LedgerResponseMessage.DecodedResponse response = LedgerResponseMessage.decode(message);

    ReadResult.ParsedEvent event =
        (ReadResult.ParsedEvent) response.events().read(0, new EventReader());
    assertThat(event.idMatches()).isTrue();
    assertThat(event.event().isSigned()).isFalse();
    assertThat(event.event().ts()).isEqualTo(ts);
    assertThat(event.content()).isEqualTo("tease:" + actor + ':' + target + ':' + reason + ':');
  }

  /** Any text without lone surrogates. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .all()
        .ofMaxLength(30)
        .map(
            text -> new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE))
        .map(text -> text.replaceAll("[\\ud800-\\udfff]", "?"));
  }
}
