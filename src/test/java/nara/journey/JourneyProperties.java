package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.journey.HopSignatures.ChainResult;
import nara.testing.Citizen;
import nara.trust.verifier.BouncyCastleVerifier;
import nara.trust.verifier.SignatureVerifier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class JourneyProperties {
  private static final SignatureVerifier VERIFIER = new BouncyCastleVerifier();
  private static final List<Citizen> CITIZENS =
      List.of(Citizen.named("ada"), Citizen.named("bob"), Citizen.named("<cyd>&"));

  /** Text that Go and Java write the same: no half surrogate pairs. */
  private static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .ofMaxLength(20)
        .map(text -> new String(text.getBytes(UTF_8), UTF_8));
  }

  @Provide
  Arbitrary<Journey> journeys() {
    Arbitrary<Hop> hops =
        Combinators.combine(texts(), Arbitraries.longs(), texts(), texts()).as(Hop::new);
    return Combinators.combine(texts(), texts(), texts(), hops.list().ofMaxSize(5))
        .as(Journey::new);
  }

  @Property(tries = 500)
  void a_journey_is_read_as_it_was_written(@ForAll("journeys") Journey journey) {
    assertThat(Journey.read(journey.json())).isEqualTo(journey);
  }

  @Property(tries = 500)
  void a_completion_is_read_as_it_was_written(@ForAll("journeys") Journey journey) {
    JourneyCompletion completion = new JourneyCompletion(journey, "ada");

    assertThat(JourneyCompletion.read(completion.json())).isEqualTo(completion);
  }

  @Property(tries = 300)
  void other_bytes_are_a_journey_or_malformed(
      @ForAll("journeys") Journey journey, @ForAll int place, @ForAll byte other) {
    byte[] json = journey.json();
    json[Math.floorMod(place, json.length)] = other;
    try {
      byte[] again = Journey.read(json).json();
      assertThat(Journey.read(again).json()).isEqualTo(again);
    } catch (MalformedJsonException malformed) {
      assertThat(malformed).hasMessageMatching("(?s).+");
    }
  }

  @Property(tries = 300)
  void hops_of_anything_are_never_verified(@ForAll("journeys") Journey any) {
    List<Hop> hops = new ArrayList<>();
    for (Hop hop : any.hops()) {
      String nara = hops.size() % 2 == 0 ? "ada" : hop.nara();
      hops.add(new Hop(nara, hop.timestamp(), hop.signature(), hop.stamp()));
    }
    Journey journey = new Journey(any.id(), any.message(), any.originator(), hops);

    assertThat(verify(journey) instanceof ChainResult.Verified).isEqualTo(hops.isEmpty());
  }

  @Property(tries = 100)
  void a_signed_chain_holds_until_anything_is_changed(
      @ForAll("journeys") Journey any, @ForAll @IntRange(min = 0, max = 4) int altered) {
    Journey journey = new Journey(any.id(), any.message(), any.originator(), List.of());
    for (int i = 0; i < 5; i++) {
      journey = HopSignatures.sign(journey, CITIZENS.get(i % 3).identity(), 1_000 + i);
    }
    assertThat(verify(journey)).isEqualTo(new ChainResult.Verified());

    List<Hop> hops = new ArrayList<>(journey.hops());
    Hop hop = hops.get(altered);
    hops.set(altered, new Hop(hop.nara(), hop.timestamp() + 1, hop.signature(), hop.stamp()));
    Journey later = new Journey(journey.id(), journey.message(), journey.originator(), hops);
    // Nobody signs the time of the last hop.
    assertThat(verify(later) instanceof ChainResult.Verified).isEqualTo(altered == 4);

    Journey said = new Journey(journey.id(), journey.message() + "!", "x", journey.hops());
    assertThat(verify(said)).isInstanceOf(ChainResult.Broken.class);

    hops.remove(altered);
    Journey shorter = new Journey(journey.id(), journey.message(), journey.originator(), hops);
    assertThat(verify(shorter) instanceof ChainResult.Verified).isEqualTo(altered == 4);
  }

  @Property(tries = 1)
  void what_is_no_object_is_malformed() {
    for (String json : List.of("", "nope", "[]", "{\"hops\":{}}", "{\"id\":1}", "{} {}")) {
      assertThatThrownBy(() -> Journey.read(json.getBytes(UTF_8)))
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  private static ChainResult verify(Journey journey) {
    return HopSignatures.verify(
        journey,
        name ->
            CITIZENS.stream()
                .map(Citizen::identity)
                .filter(nara -> nara.name().equals(name))
                .map(nara -> nara.keys().publicKey())
                .findFirst(),
        VERIFIER);
  }
}
