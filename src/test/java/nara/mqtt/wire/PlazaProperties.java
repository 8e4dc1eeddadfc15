package nara.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.mqtt.JdkTestVerifier;
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

  private final PlazaDecoder decoder =
      new PlazaDecoder("lisa", new Keyring(), new JdkTestVerifier(), 1 << 20);

  /** A recorded message with a part replaced by random bytes. */
  @Provide
  Arbitrary<byte[]> damaged() {
    Arbitrary<String> honest =
        Arbitraries.of(Vectors.json("mqtt.json").get("messages").findValuesAsText("payload"));
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(20);
    return Combinators.combine(honest, noise, Arbitraries.doubles().between(0, 1))
        .as(
            (text, bytes, where) -> {
              byte[] message = text.getBytes(StandardCharsets.UTF_8);
              int at = (int) (where * (message.length - bytes.length));
              System.arraycopy(bytes, 0, message, at, bytes.length);
              return message;
            });
  }

  @Property(tries = 2_000)
  void decoder_survives_any_message(
      @ForAll("damaged") byte[] message, @ForAll("topics") String topic) {
    assertThat(decoder.decode(topic, message)).isNotNull();
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
