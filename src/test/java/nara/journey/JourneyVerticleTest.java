package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import nara.bus.Done;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Social;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Witness;
import nara.journey.JourneyRequest.JourneyCounts;
import nara.journey.JourneyRequest.NotStarted;
import nara.journey.JourneyRequest.OwnState;
import nara.journey.JourneyRequest.Started;
import nara.ledger.LedgerRequest;
import nara.mesh.RelayRequest;
import nara.mesh.RelayRequest.RelayJourney;
import nara.mesh.RelayRequest.RelayOutcome;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.JourneyTaken;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.client.MeshRequest.SendFailed;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.JourneyMessage;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The node bob-open of the vectors, at the time when they were recorded. */
class JourneyVerticleTest {
  private static final Instant NOW = Instant.ofEpochSecond(1795883724);
  private static final RelayOutcome TAKEN = new RelayOutcome(200, "");
  private static final String ID = "AAAAAAAAAAAAAAAAAAAAAA==";

  private final ManualScheduler time = new ManualScheduler(NOW);
  private final FakeBus bus = new FakeBus();
  private final Keyring keys = new Keyring();
  private final Identity ada = WorldVectors.nara("ada-open");
  private final Identity bob = WorldVectors.nara("bob-open");
  private final Identity cyd = WorldVectors.nara("cyd-open");
  private final BlockingQueue<MeshRequest.SendJourney> sent = new LinkedBlockingQueue<>();
  private final BlockingQueue<Social> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> published = new LinkedBlockingQueue<>();
  private final Set<String> broken = ConcurrentHashMap.newKeySet();
  private volatile Map<String, Double> clout = Map.of();
  private volatile List<String> online = List.of("ada-open", "cyd-open", "dee-open");

  @BeforeEach
  void deploy() {
    for (String name : List.of("ada-open", "cyd-open", "dee-open")) {
      Identity nara = WorldVectors.nara(name);
      keys.learn(name, nara.id(), nara.keys().publicKey(), Origin.CONFIG);
    }
    bus.reply(DiscoveryRequest.ADDRESS, DiscoveryRequest.ListNeighbours.class, r -> neighbours());
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.ComputeClout.class,
        r -> new LedgerRequest.CloutResult(clout));
    bus.reply(MeshRequest.ADDRESS, MeshRequest.SendJourney.class, this::onSend);
    bus.reply(
        TrustRequest.ADDRESS,
        TrustRequest.OfferEvents.class,
        offer -> {
          ParsedEvent event = (ParsedEvent) offer.events().read(0, new EventReader());
          events.add((Social) event.event().payload());
          return TrustRequest.OfferResult.NONE;
        });
    bus.reply(
        PlazaRequest.ADDRESS,
        PlazaRequest.PublishJourneyMessage.class,
        publish -> {
          published.add(((JourneyMessage.JourneyCompleted) publish.message()).json());
          return new PlazaRequest.PublishResult("");
        });
    deploy(new JourneyConfig(Optional.empty(), true));
  }

  private String deploy(JourneyConfig config) {
    return bus.deploy(
        new JourneyVerticle(
            bob, keys, config, new BouncyCastleVerifier(), time, new NetworkClock(time)));
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private MeshRequest.SendOutcome onSend(MeshRequest.SendJourney send) {
    sent.add(send);
    return broken.contains(send.peer().name())
        ? new SendFailed(MeshFailure.STATUS, "answers 404")
        : new JourneyTaken();
  }

  private NeighbourList neighbours() {
    return new NeighbourList(
        online.stream()
            .map(
                name ->
                    new Neighbour(
                        name,
                        "",
                        name + ":1",
                        Optional.empty(),
                        Set.of(Neighbour.Source.PLAZA),
                        true))
            .toList(),
        List.of());
  }

  private RelayOutcome relay(String sender, byte[] json) {
    return bus.ask(RelayRequest.ADDRESS, new RelayJourney(sender, json));
  }

  private RelayOutcome relay(Identity sender, Journey journey) {
    return relay(sender.name(), journey.json());
  }

  private static Journey journey(String id, Identity originator, Identity... hops) {
    Journey journey = new Journey(id, "m", originator.name(), List.of());
    for (Identity hop : hops) {
      journey = HopSignatures.sign(journey, hop, NOW.getEpochSecond());
    }
    return journey;
  }

  private JourneyCounts counts() {
    return bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.GetJourneyCounts());
  }

  private void hear(Journey complete) {
    byte[] json = new JourneyCompletion(complete, "anybody").json();
    assertThat(bus.ask(JourneyMessage.ADDRESS, new JourneyMessage.JourneyCompleted(json)))
        .isEqualTo(Done.DONE);
  }

  private static Social event(String target, String reason) {
    return new Social("observation", "bob-open", "", target, "", reason, "");
  }

  // Taken.

  @Test
  void a_journey_of_the_vectors_is_signed_as_the_reference_did_and_goes_on() {
    online = List.of("ada-open", "cyd-open");
    JsonNode hop = WorldVectors.hops().get(1);
    time.setClock(Duration.ofSeconds(-1));

    assertThat(relay("dee-open", WorldVectors.body(hop))).isEqualTo(TAKEN);

    MeshRequest.SendJourney next = FakeBus.next(sent);
    assertThat(next.peer().name()).isEqualTo("cyd-open");
    assertThat(new String(next.journey(), UTF_8))
        .isEqualTo(new String(WorldVectors.body(WorldVectors.hops().get(2)), UTF_8));
    assertThat(FakeBus.next(events)).isEqualTo(event("ada-open", "journey-pass"));
    assertThat(counts().pending()).isEqualTo(1);
  }

  @Test
  void the_answer_comes_before_the_next_nara_has_taken_the_journey() {
    BlockingQueue<Promise<MeshRequest.SendOutcome>> held =
        bus.hold(MeshRequest.ADDRESS, MeshRequest.SendJourney.class);

    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);
    FakeBus.next(held).complete(new JourneyTaken());
  }

  @Test
  void the_highest_clout_comes_first_and_a_broken_nara_is_passed_over() {
    clout = Map.of("dee-open", 2.0, "cyd-open", 3.0, "ada-open", 9.0);
    broken.addAll(Set.of("cyd-open", "dee-open"));

    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);

    assertThat(FakeBus.next(sent).peer().name()).isEqualTo("cyd-open");
    assertThat(FakeBus.next(sent).peer().name()).isEqualTo("dee-open");
    assertThat(FakeBus.next(sent).peer().name()).isEqualTo("ada-open");
    FakeBus.until(() -> counts().counts().get("routed_round"), Long.valueOf(1)::equals);
  }

  @Test
  void null_hops_are_signed_as_none() {
    byte[] body = WorldVectors.body(WorldVectors.edge("hops null"));

    assertThat(relay("ada-open", body)).isEqualTo(TAKEN);

    Journey next = Journey.read(FakeBus.next(sent).journey());
    assertThat(HopSignatures.verify(next, WorldVectors::keyOf, new BouncyCastleVerifier()))
        .isEqualTo(new HopSignatures.ChainResult.Verified());
  }

  // Refused.

  private void assertRefused(RelayOutcome outcome, int status, String text) {
    assertThat(outcome).isEqualTo(new RelayOutcome(status, text));
    assertThat(sent).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void the_reference_s_refusals_have_its_statuses_and_texts() {
    for (String label :
        List.of(
            "a body that is not JSON",
            "the message changed",
            "a hop of a nara",
            "a hop whose signature")) {
      JsonNode edge = WorldVectors.edge(label);
      String text = edge.at("/response/body").asText().strip();

      assertRefused(
          relay("ada-open", WorldVectors.body(edge)), edge.at("/response/status").asInt(), text);
    }
  }

  @Test
  void a_short_id_is_refused_and_never_started() {
    assertRefused(
        relay("ada-open", WorldVectors.body(WorldVectors.edge("an id of fewer"))),
        400,
        "the id has fewer than 8 bytes");
    assertThat(Journey.begin("", "x", NOW).id()).hasSize(24);
  }

  @Test
  void a_receiver_that_has_signed_already_refuses() {
    assertRefused(
        relay("ada-open", WorldVectors.body(WorldVectors.edge("the receiver is in the hops"))),
        400,
        "this nara has signed the journey already");
  }

  @Test
  void only_the_last_hop_may_send() {
    assertRefused(relay(cyd, journey(ID, ada)), 400, "the sender is not the last hop");
    assertRefused(relay(ada, journey(ID, ada, cyd)), 400, "the sender is not the last hop");
  }

  @Test
  void a_complete_journey_does_not_go_round_again() {
    assertRefused(relay(ada, journey(ID, ada, cyd, ada)), 400, "the journey is complete already");
  }

  @Test
  void times_out_of_any_reason_are_refused() {
    String text = "the time of a hop is too far from now";
    Journey old = HopSignatures.sign(journey(ID, ada), cyd, NOW.getEpochSecond() - 700);
    Journey future = HopSignatures.sign(journey(ID, ada), cyd, NOW.getEpochSecond() + 200);
    assertRefused(relay(cyd, old), 400, text);
    assertRefused(relay(cyd, future), 400, text);
    for (long never : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1}) {
      assertRefused(relay(cyd, HopSignatures.sign(journey(ID, ada), cyd, never)), 400, text);
    }
  }

  @Test
  void the_same_journey_is_taken_once() {
    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);
    FakeBus.next(sent);
    FakeBus.next(events);

    assertRefused(relay(ada, journey(ID, ada)), 400, "the journey was here before");
    assertRefused(relay(cyd, journey(ID, ada, cyd)), 400, "the journey was here before");
  }

  @Test
  void another_message_under_a_known_id_does_not_end_the_real_journey() {
    Journey forged = new Journey(ID, "forged", ada.name(), List.of());
    assertThat(relay(cyd, HopSignatures.sign(forged, cyd, NOW.getEpochSecond()))).isEqualTo(TAKEN);

    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);
  }

  @Test
  void more_bytes_or_hops_than_a_network_can_have_are_refused() {
    assertRefused(
        relay("ada-open", new byte[JourneyLimits.MAX_BYTES + 1]), 413, "the journey is too large");
    Hop hop = new Hop("x", 1, "", "");
    List<Hop> hops = new ArrayList<>(Collections.nCopies(1_000, hop));
    assertRefused(
        relay("x", new Journey(ID, "m", "ada-open", hops).json()),
        400,
        "the journey has too many hops");
  }

  @Test
  void one_sender_cannot_send_any_number() {
    for (int i = 0; i < JourneyLimits.PER_MINUTE_AND_SENDER; i++) {
      relay("cyd-open", "x".getBytes(UTF_8));
    }

    assertRefused(relay(cyd, journey(ID, cyd)), 429, "too many journeys: send it later");
    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);
  }

  @Test
  void strangers_do_not_use_up_the_room_of_established_naras() {
    for (int i = 0; i < 100; i++) {
      Identity stranger = stranger(i, 8);
      relay(stranger, journey(id(i), stranger));
    }
    assertThat(counts().refused()).containsEntry("too_often", 40L);

    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);
  }

  @Test
  void invalid_journeys_of_two_hosts_do_not_use_up_the_room_of_other_strangers() {
    for (int i = 0; i < 60; i++) {
      relay(stranger(i, 2).name(), "x".getBytes(UTF_8));
    }
    assertThat(counts().refused()).containsEntry("unreadable", 60L);

    Identity other = stranger(2, 3);
    assertThat(relay(other, journey(ID, other))).isEqualTo(TAKEN);
  }

  private Identity stranger(int i, int hosts) {
    Identity stranger = Citizen.named("stranger-" + i + "-" + hosts).identity();
    Witness host = new Witness("10.0.0." + i % hosts, false);
    keys.learn(stranger.name(), "", stranger.keys().publicKey(), Origin.HEARSAY, host);
    return stranger;
  }

  private static String id(int i) {
    byte[] bytes = new byte[16];
    bytes[15] = (byte) i;
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void a_journey_that_this_node_did_not_start_is_not_complete() {
    assertRefused(relay(cyd, journey(ID, bob, cyd)), 400, "this nara did not start the journey");
  }

  @Test
  void a_disabled_node_says_why() {
    bus.close();
    try (FakeBus other = new FakeBus()) {
      other.deploy(
          new JourneyVerticle(
              bob,
              keys,
              new JourneyConfig(Optional.of("this node is read-only"), true),
              new BouncyCastleVerifier(),
              time,
              new NetworkClock(time)));
      String why = "World journey not initialized: this node is read-only";

      assertThat(
              other.ask(
                  RelayRequest.ADDRESS, new RelayJourney("ada-open", journey(ID, ada).json())))
          .isEqualTo(new RelayOutcome(503, why));
      assertThat(other.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("m")))
          .isEqualTo(new NotStarted(503, why));
    }
  }

  // Unknown keys.

  @Test
  void an_unknown_key_is_looked_up_without_blocking_others() {
    Identity eve = Citizen.named("eve").identity();
    BlockingQueue<Promise<PeerKeyResult>> lookups =
        bus.hold(MeshRequest.ADDRESS, MeshRequest.FindPeerKey.class);
    Journey chain = journey("BBBBBBBBBBBBBBBBBBBBBB==", ada, eve, cyd);
    Future<RelayOutcome> looksUp =
        bus.send(RelayRequest.ADDRESS, new RelayJourney("cyd-open", chain.json()));
    Promise<PeerKeyResult> lookup = FakeBus.next(lookups);
    assertThat(relay(ada, journey(ID, ada))).isEqualTo(TAKEN);

    keys.learn("eve", eve.id(), eve.keys().publicKey(), Origin.CONFIG);
    lookup.complete(new PeerKeyResult(keys.byName("eve"), "", List.of()));
    assertThat(FakeBus.await(looksUp)).isEqualTo(TAKEN);
  }

  @Test
  void a_key_that_nobody_knows_is_asked_for_once() {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.FindPeerKey.class,
        query -> {
          asked.add(query.target());
          return new PeerKeyResult(Optional.empty(), "", List.of());
        });
    Identity eve = Citizen.named("eve").identity();
    RelayOutcome unknown =
        new RelayOutcome(400, "chain verification failed: unknown public key for eve");

    assertThat(relay(cyd, journey(ID, ada, eve, cyd))).isEqualTo(unknown);
    assertThat(relay(cyd, journey(ID, ada, eve, cyd))).isEqualTo(unknown);
    assertThat(asked).containsExactly("eve");
  }

  @Test
  void invented_hops_of_one_host_cause_few_lookups_in_a_minute() {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.FindPeerKey.class,
        query -> {
          asked.add(query.target());
          return new PeerKeyResult(Optional.empty(), "", List.of());
        });
    for (int i = 0; i < 30; i++) {
      Identity sender = stranger(i, 1);
      Identity[] hops = new Identity[7];
      for (int hop = 0; hop < 6; hop++) {
        hops[hop] = Citizen.named("invented-" + i + "-" + hop).identity();
      }
      hops[6] = sender;
      relay(sender, journey(id(i), Citizen.named("originator").identity(), hops));
    }
    assertThat(asked).hasSize(JourneyLimits.LOOKUPS_PER_MINUTE);

    Identity eve = Citizen.named("eve").identity();
    relay(cyd, journey(ID, ada, eve, cyd));
    assertThat(asked).as("lookups for other senders go on").contains("eve");
  }

  // Own journeys, completions and timeouts.

  @Test
  void an_own_journey_comes_home_once() {
    Started started =
        (Started) bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("hello"));
    Journey first = Journey.read(FakeBus.next(sent).journey());
    assertThat(first).isEqualTo(started.journey());
    Journey back = HopSignatures.sign(first, cyd, NOW.getEpochSecond());

    assertThat(relay(cyd, back)).isEqualTo(TAKEN);

    Journey complete = JourneyCompletion.read(FakeBus.next(published)).journey();
    assertThat(complete.hops()).extracting(Hop::nara).containsExactly("cyd-open", "bob-open");
    assertThat(FakeBus.next(events)).isEqualTo(event("bob-open", "journey-complete"));
    assertThat(bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys()).journeys())
        .singleElement()
        .satisfies(own -> assertThat(own.state()).isEqualTo(OwnState.COMPLETE))
        .satisfies(own -> assertThat(own.journey()).isEqualTo(complete));
    assertRefused(relay(cyd, back), 400, "the journey is complete already");
  }

  @Test
  void a_journey_that_nobody_takes_is_not_started() {
    broken.addAll(online);
    assertThat(bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("m")))
        .isEqualTo(new NotStarted(500, "failed to send to dee-open: answers 404"));
    online = List.of();
    assertThat(bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("m")))
        .isEqualTo(new NotStarted(500, "no naras available"));
    assertThat(bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("")))
        .isEqualTo(new NotStarted(400, "Message is required"));
    assertThat(bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys()).journeys())
        .isEmpty();
  }

  @Test
  void only_a_completion_that_the_originator_signed_is_believed() {
    relay(ada, journey(ID, ada));
    Journey passed = Journey.read(FakeBus.next(sent).journey());
    FakeBus.next(events);
    Journey byCyd = HopSignatures.sign(passed, cyd, 1);
    Identity impostor = Citizen.impostor("ada-open").identity();

    hear(passed);
    hear(byCyd);
    hear(HopSignatures.sign(byCyd, impostor, 1));
    bus.ask(JourneyMessage.ADDRESS, new JourneyMessage.JourneyCompleted("nope".getBytes(UTF_8)));
    FakeBus.until(() -> counts().counts().get("false_completions"), Long.valueOf(1)::equals);
    assertThat(counts().pending()).isEqualTo(1);

    hear(HopSignatures.sign(byCyd, ada, 1));
    assertThat(FakeBus.next(events)).isEqualTo(event("ada-open", "journey-complete"));
    assertThat(counts().pending()).isZero();
  }

  @Test
  void a_journey_that_does_not_come_home_counts_against_its_originator_after_five_minutes() {
    relay(ada, journey(ID, ada));
    FakeBus.next(events);
    FakeBus.next(sent);

    time.advance(Duration.ofMinutes(5));
    assertThat(counts().pending()).isEqualTo(1);
    time.advance(Duration.ofSeconds(31));

    assertThat(FakeBus.next(events)).isEqualTo(event("ada-open", "journey-timeout"));
    assertThat(counts().pending()).isZero();
    assertRefused(relay(ada, journey(ID, ada)), 400, "the journey was here before");
  }

  @Test
  void an_own_journey_is_lost_after_five_minutes_and_may_still_come() {
    bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("hello"));
    Journey first = Journey.read(FakeBus.next(sent).journey());
    time.advance(Duration.ofSeconds(331));
    assertThat(
            bus.ask(JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys())
                .journeys()
                .get(0)
                .state())
        .isEqualTo(OwnState.LOST);

    Journey back = HopSignatures.sign(first, cyd, NOW.getEpochSecond());
    assertThat(relay(cyd, back)).isEqualTo(TAKEN);
  }
}
