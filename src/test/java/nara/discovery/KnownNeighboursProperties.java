package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KnownNeighboursProperties {
  private static final int MOST = 4;
  private static final Identity ME = TestIdentities.named("me");
  private static final List<String> NAMES =
      List.of("me", "", "bart", "lisa", "moe", "a\nb", "x".repeat(1_024), "y".repeat(1_025));
  private static final List<PublicKey> KEYS =
      List.of(ME.keys().publicKey(), TestIdentities.key("bart"), TestIdentities.key("lisa"));
  private static final List<String> ADDRESSES =
      List.of("", "10.0.0.1", "10.0.0.1:1", "10.0.0.2:2", "no address", "10.0.0.3:3/x");

  /** Something that happens to the neighbourhood. */
  interface NeighbourEvent {
    void applyTo(KnownNeighbours known);
  }

  @Property(tries = 1_000)
  void neighbourhood_invariants_hold_after_any_events(
      @ForAll("neighbourEvents") List<NeighbourEvent> neighbourEvents) {
    Keyring keys = new Keyring();
    KnownNeighbours known =
        new KnownNeighbours(
            ME, keys, AddressPolicy.strict(), toPing -> {}, (name, change) -> {}, MOST);
    for (NeighbourEvent event : neighbourEvents) {
      event.applyTo(known);
      List<Neighbour> all = known.all();
      assertThat(all).hasSizeLessThanOrEqualTo(MOST);
      assertThat(all).extracting(Neighbour::name).isSorted().doesNotHaveDuplicates();
      for (Neighbour neighbour : all) {
        assertThat(neighbour.name()).isNotEqualTo("me").hasSizeBetween(1, 1_024);
        assertThat(neighbour.key()).isNotEqualTo(Optional.of(ME.keys().publicKey()));
        assertThat(neighbour.key()).isEqualTo(keys.byName(neighbour.name()));
        assertThat(neighbour.sources()).isNotEmpty();
        assertThat(neighbour.address())
            .matches(a -> a.isEmpty() || PeerAddress.parse(a).isPresent());
      }
    }
  }

  @Provide
  Arbitrary<List<NeighbourEvent>> neighbourEvents() {
    Arbitrary<String> names = Arbitraries.of(NAMES);
    Arbitrary<String> addresses = Arbitraries.of(ADDRESSES);
    Arbitrary<Optional<PublicKey>> keys = Arbitraries.of(KEYS).optional();
    Arbitrary<Boolean> firstHand = Arbitraries.of(true, false);
    Arbitrary<NeighbourEvent> present =
        Combinators.combine(names, addresses, keys, firstHand)
            .as(
                (name, address, key, first) ->
                    known -> known.onPresence(new Presence.Online(name, "", address, key, first)));
    Arbitrary<NeighbourEvent> left =
        names.map(
            name -> known -> known.onPresence(new Presence.Offline(name, true, Instant.EPOCH)));
    Arbitrary<PingTarget> pingTargets =
        Combinators.combine(
                Arbitraries.of("10.0.0.1:1", "10.0.0.2:2"),
                Arbitraries.of("", "bart", "me"),
                Arbitraries.of(Neighbour.Source.class))
            .as(PingTarget::new);
    Arbitrary<NeighbourEvent> answered =
        Combinators.combine(pingTargets, names, Arbitraries.of(KEYS))
            .as(
                (target, name, key) ->
                    known -> known.onPong(target, new Pong(name, key, "", Duration.ZERO)));
    Arbitrary<NeighbourEvent> silent = pingTargets.map(target -> known -> known.onNoPong(target));
    return Arbitraries.oneOf(present, left, answered, silent).list().ofMaxSize(30);
  }
}
