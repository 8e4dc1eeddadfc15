package nara.stash.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nara.event.Signatures;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.testing.Altered;
import nara.testing.Citizen;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Any bytes become a message or a MalformedJsonException; any message is printed and read back. */
class MeshMessageProperties {
  private static final Identity BART = Citizen.named("bart").identity();
  private static final Instant NOW = Instant.parse("2026-11-28T16:35:52.93Z");
  private static final byte[] STORE =
      MeshMessage.sign(
              BART,
              new MeshMessage.Receiver("lisa", "lisa-id"),
              NOW,
              new StashPayload.Store(BART.id(), "bart", new byte[24], new byte[40], 7),
              "")
          .json();

  @Property(tries = 300)
  void message_is_read_back_as_it_was_printed(
      @ForAll("payloads") StashPayload payload, @ForAll("texts") String to) {
    MeshMessage message =
        MeshMessage.sign(BART, new MeshMessage.Receiver(to, to), NOW, payload, to);
    MeshMessage read = MeshMessage.read(message.json());

    assertThat(read.json()).isEqualTo(message.json());
    assertThat(read.signedText()).isEqualTo(message.signedText());
    assertThat(MeshMessage.readList(MeshMessage.jsonList(message)).get(0).json())
        .isEqualTo(message.json());
    assertThat(read.time()).contains(NOW);
    assertThat(isSigned(read)).isTrue();
  }

  @Property(tries = 1_000)
  void any_bytes_are_read_or_rejected_with_a_reason(@ForAll byte[] bytes) {
    read(bytes);
    readList(bytes);
  }

  @Property(tries = 2_000)
  void altered_message_is_rejected_or_signs_the_same_text(
      @ForAll @IntRange(max = 100_000) int at, @ForAll @IntRange(min = 1, max = 255) int flipped) {
    byte[] changed = Altered.byteAt(STORE, at % STORE.length, flipped);
    byte[] truncated = Arrays.copyOf(STORE, at % STORE.length);
    for (byte[] altered : List.of(changed, truncated)) {
      read(altered)
          .filter(MeshMessageProperties::isSigned)
          .ifPresent(
              same ->
                  assertThat(same.signedText()).isEqualTo(MeshMessage.read(STORE).signedText()));
    }
  }

  @Provide
  Arbitrary<StashPayload> payloads() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(64);
    Arbitrary<Long> times = Arbitraries.longs();
    return Arbitraries.oneOf(
        Combinators.combine(texts(), texts(), bytes, bytes, times).as(StashPayload.Store::new),
        Combinators.combine(texts(), times, Arbitraries.of(true, false), texts())
            .as(StashPayload.Ack::new),
        Combinators.combine(texts(), texts()).as(StashPayload.Request::new),
        Combinators.combine(texts(), texts(), Arbitraries.of(true, false), bytes, bytes, times)
            .as(StashPayload.Response::new));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withCharRange(' ', '\ud7ff')
        .withChars("<>&\u2028\"\\\n\t")
        .ofMaxLength(20);
  }

  private static Optional<MeshMessage> read(byte[] bytes) {
    try {
      return Optional.of(MeshMessage.read(bytes));
    } catch (MalformedJsonException rejected) {
      assertThat(rejected.getMessage()).isNotEmpty();
      return Optional.empty();
    }
  }

  private static void readList(byte[] bytes) {
    try {
      MeshMessage.readList(bytes);
    } catch (MalformedJsonException rejected) {
      assertThat(rejected.getMessage()).isNotEmpty();
    }
  }

  private static boolean isSigned(MeshMessage message) {
    byte[] text = message.signedText();
    return Signatures.decode(message.signature())
        .filter(
            signature ->
                Ed25519.verify(
                    signature, 0, BART.keys().publicKey().bytes(), 0, text, 0, text.length))
        .isPresent();
  }
}
