package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.discovery.DiscoveryRequest.FindNeighbours;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.ListNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.PingSilentPeers;
import nara.discovery.DiscoveryRequest.RunDiscovery;
import nara.discovery.DiscoveryRequest.SilentPeers;
import nara.identity.Keyring;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.MeshFailure;
import nara.presence.Presence;
import nara.presence.Presence.Online;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest.OfferResult;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class DiscoveryVerticleTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String SIGNING = "10.0.0.1:1";
  private static final MeshRequest.FetchOutcome SIGNED =
      new MeshRequest.PageFetched(
          1, 0, 0, 0, Optional.empty(), false, List.of(), OfferResult.NONE, Duration.ZERO);
  private static final MeshRequest.FetchOutcome FORGED =
      new MeshRequest.FetchFailed(MeshFailure.BAD_SIGNATURE, "not signed by bart");
  private static final MeshRequest.FetchOutcome REFUSED =
      new MeshRequest.FetchFailed(MeshFailure.STATUS, "the asker's key is not known");

  /** Addresses that give no signed response: a nara that starts does not know the asker yet. */
  private final Set<String> unwilling = ConcurrentHashMap.newKeySet();

  private final Keyring keys = new Keyring();
  private final NetworkClock networkClock = new NetworkClock(Scheduler.system());
  private final List<String> pinged = Collections.synchronizedList(new ArrayList<>());

  @Test
  void responding_peers_are_neighbours_and_silent_configured_peer_is_reported(Vertx vertx)
      throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart", "10.0.1.2:7433", "lisa")));
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(
                new ConfiguredPeer("bart", "10.0.0.1:1"), new ConfiguredPeer("moe", "10.0.0.9:1")),
            Optional.of(new Scan("10.0.1.0/29", 7433)),
            "",
            Duration.ofSeconds(1),
            2,
            false));

    NeighbourList all = discover(vertx);

    assertThat(all.neighbours())
        .extracting(Neighbour::name, Neighbour::online)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("bart", true),
            org.assertj.core.groups.Tuple.tuple("lisa", true),
            org.assertj.core.groups.Tuple.tuple("moe", false));
    assertThat(all.problems())
        .containsExactly("\"moe\" at 10.0.0.9:1 does not answer: nobody there");
    assertThat(pinged).hasSize(8);
    assertThat(keys.byName("lisa")).contains(TestIdentities.key("lisa"));
    assertThat(ask(vertx, new ListNeighbours())).isEqualTo(all);
  }

  @Test
  void two_addresses_without_a_name_that_are_one_nara_are_a_problem(Vertx vertx) throws Exception {
    mesh(
        vertx, answering(Map.of("10.0.0.1:1", "bart", "10.0.0.2:1", "bart", "10.0.0.3:1", "lisa")));
    deploy(vertx, peers("10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"));

    NeighbourList all = discover(vertx);

    assertThat(all.neighbours()).extracting(Neighbour::name).containsExactly("bart", "lisa");
    assertThat(all.problems())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("\"bart\" responds at 10.0.0.", "one of them is asked");
  }

  @Test
  void two_addresses_of_this_node_are_no_problem(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "me", "10.0.0.2:1", "me")));
    deploy(vertx, peers("10.0.0.1:1", "10.0.0.2:1"));

    assertThat(discover(vertx).problems())
        .noneMatch(problem -> problem.contains("one of them is asked"));
  }

  @Test
  void two_addresses_with_the_name_of_one_nara_are_no_problem(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart", "10.0.0.2:1", "bart")));
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(
                new ConfiguredPeer("bart", "10.0.0.1:1"), new ConfiguredPeer("bart", "10.0.0.2:1")),
            Optional.empty(),
            "",
            Duration.ofSeconds(1),
            2,
            false));

    assertThat(discover(vertx).problems()).isEmpty();
  }

  @Test
  void clocks_of_naras_that_are_refused_have_no_vote(Vertx vertx) throws Exception {
    AtomicReference<List<String>> names = new AtomicReference<>(List.of("me", "me"));
    mesh(
        vertx,
        peer -> {
          int i = List.of("10.0.1.1:7433", "10.0.1.2:7433").indexOf(peer.address());
          return Future.succeededFuture(
              i < 0
                  ? silence()
                  : new Pong(
                      names.get().get(i),
                      TestIdentities.key("clock-" + i),
                      "",
                      Duration.ofMillis(1),
                      Optional.of(Duration.ofDays(-400))));
        });
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(),
            Optional.of(new Scan("10.0.1.0/29", 7433)),
            "",
            Duration.ofSeconds(1),
            2,
            false));

    discover(vertx);
    assertThat(networkClock.offset()).isEmpty();

    names.set(List.of("clock-0", "clock-1"));
    discover(vertx);
    assertThat(networkClock.warning().orElseThrow()).contains("400 d ahead");
  }

  @Test
  void nara_that_announced_itself_and_left_is_no_problem_when_it_does_not_answer(Vertx vertx)
      throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, peers("10.0.0.1:1"));
    tell(vertx, new Online("moe", "", "10.0.0.9:1", Optional.empty(), true));
    assertThat(discover(vertx).problems())
        .containsExactly("\"moe\" at 10.0.0.9:1 does not answer: nobody there");

    tell(vertx, new Presence.Offline("moe", true, Instant.EPOCH));

    assertThat(discover(vertx).problems()).isEmpty();
  }

  @Test
  void neighbourhood_is_empty_before_the_first_run(Vertx vertx) throws Exception {
    deploy(vertx, DiscoveryConfig.defaults());

    assertThat(ask(vertx, new ListNeighbours())).isEqualTo(new NeighbourList(List.of(), List.of()));
    assertThat(discover(vertx)).isEqualTo(new NeighbourList(List.of(), List.of()));
  }

  @Test
  void concurrent_requests_share_one_discovery_run(Vertx vertx) throws Exception {
    Promise<PingOutcome> held = Promise.promise();
    mesh(vertx, peer -> held.future());
    deploy(vertx, peers("10.0.0.1:1"));
    Bus bus = Bus.of(vertx);

    Future<NeighbourList> first = bus.request(DiscoveryRequest.ADDRESS, new RunDiscovery(), SOON);
    Future<NeighbourList> second = bus.request(DiscoveryRequest.ADDRESS, new RunDiscovery(), SOON);
    // Requests to one address are served in order: when this is answered, both have come.
    assertThat(ask(vertx, new ListNeighbours()).neighbours()).isEmpty();
    held.complete(pong("bart"));

    assertThat(await(first)).isEqualTo(await(second));
    assertThat(pinged).hasSize(1);
    discover(vertx);
    assertThat(pinged).as("a later asking asks anew").hasSize(2);
  }

  @Test
  void a_good_peer_is_found_at_once_among_200_silent_ones(Vertx vertx) throws Exception {
    mesh(
        vertx,
        peer ->
            peer.address().equals("10.0.0.1:200")
                ? Future.succeededFuture(pong("bart"))
                : Promise.<PingOutcome>promise().future());
    String[] addresses = new String[201];
    for (int i = 0; i <= 200; i++) {
      addresses[i] = "10.0.0.1:" + (i + 1);
    }
    deploy(vertx, peers(addresses));
    Instant before = Instant.now();

    FoundNeighbours found = find(vertx, Set.of());

    assertThat(online(found.list())).containsExactly("bart");
    assertThat(found.running()).isTrue();
    assertThat(found.list().problems())
        .singleElement()
        .asString()
        .startsWith("200 configured peers have not answered yet: 10.0.0.1:1, ");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void two_silent_configured_peers_are_both_named_however_long_their_names(Vertx vertx)
      throws Exception {
    mesh(
        vertx,
        peer ->
            peer.address().equals("10.0.0.1:1")
                ? Future.succeededFuture(pong("bart"))
                : Promise.<PingOutcome>promise().future());
    String first = "a".repeat(50);
    String second = "b".repeat(50);
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(
                new ConfiguredPeer("bart", "10.0.0.1:1"),
                new ConfiguredPeer(first, "10.0.0.2:1"),
                new ConfiguredPeer(second, "10.0.0.3:1")),
            Optional.empty(),
            "",
            Duration.ofSeconds(1),
            2,
            false));

    assertThat(find(vertx, Set.of()).list().problems())
        .singleElement()
        .asString()
        .contains("2 configured peers have not answered yet: ", first, second);
  }

  @Test
  void a_silent_address_of_a_range_delays_nobody(Vertx vertx) throws Exception {
    mesh(
        vertx,
        peer ->
            peer.address().startsWith("10.0.1.2")
                ? Future.succeededFuture(pong("lisa"))
                : Promise.<PingOutcome>promise().future());
    deploy(vertx, scan("10.0.1.0/29"));
    assertThat(online(find(vertx, Set.of()).list())).containsExactly("lisa");
  }

  @Test
  void an_empty_range_is_a_problem_only_when_nobody_is_online(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of()));
    deploy(vertx, scan("10.0.1.0/29"));
    assertThat(discover(vertx).problems())
        .containsExactly("nobody answered in the range 10.0.1.0/29");
    tell(vertx, new Online("bart", "", "", Optional.of(TestIdentities.key("bart")), true, false));
    assertThat(discover(vertx).problems()).isEmpty();
  }

  @Test
  void a_configured_peer_that_was_silent_is_pinged_again_while_a_run_goes_on(Vertx vertx)
      throws Exception {
    AtomicInteger pings = new AtomicInteger();
    mesh(
        vertx,
        peer ->
            peer.address().startsWith("10.0.1.")
                ? Promise.<PingOutcome>promise().future()
                : Future.succeededFuture(pings.incrementAndGet() > 1 ? pong("bart") : silence()));
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(new ConfiguredPeer("bart", "10.0.0.1:1")),
            Optional.of(new Scan("10.0.1.0/29", 7433)),
            "",
            Duration.ofSeconds(1),
            50,
            false));
    FoundNeighbours first =
        await(
            Bus.of(vertx)
                .request(
                    DiscoveryRequest.ADDRESS,
                    new FindNeighbours(
                        true, Set.of(), false, Duration.ZERO, Duration.ofMillis(200)),
                    SOON));
    assertThat(online(first.list())).isEmpty();
    assertThat(first.running()).isTrue();
    assertThat(online(find(vertx, Set.of()).list())).containsExactly("bart");
  }

  @Test
  void a_configured_peer_is_pinged_again_on_request_and_a_discovered_one_is_not(Vertx vertx)
      throws Exception {
    Map<String, String> names = new ConcurrentHashMap<>();
    names.putAll(Map.of("10.0.0.1:1", "bart", "10.0.0.2:1", "lisa", "10.0.1.2:7433", "moe"));
    mesh(vertx, peer -> answering(names).apply(peer));
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(
                new ConfiguredPeer("bart", "10.0.0.1:1"), new ConfiguredPeer("lisa", "10.0.0.2:1")),
            Optional.of(new Scan("10.0.1.0/29", 7433)),
            "",
            Duration.ofSeconds(1),
            2,
            false));
    discover(vertx);
    pinged.clear();
    names.remove("10.0.0.1:1");

    SilentPeers replied =
        ask(vertx, new PingSilentPeers(Set.of("10.0.0.1:1", "10.0.0.2:1", "10.0.1.2:7433")));

    assertThat(replied.peers()).extracting(ConfiguredPeer::name).containsExactly("bart");
    assertThat(replied.responding()).containsExactly("10.0.0.2:1");
    assertThat(pinged).containsExactlyInAnyOrder("10.0.0.1:1", "10.0.0.2:1");
  }

  @Test
  void neighbours_that_the_asker_has_already_do_not_count(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, peers("10.0.0.1:1"));
    assertThat(find(vertx, Set.of("bart")).running()).isFalse();
  }

  @Test
  void a_neighbour_that_comes_is_announced_once(Vertx vertx) throws Exception {
    BlockingQueue<DiscoveryNotification> announced = new LinkedBlockingQueue<>();
    Bus.of(vertx)
        .subscribe(DiscoveryNotification.ADDRESS, DiscoveryNotification.class, announced::add);
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, peers("10.0.0.1:1"));
    discover(vertx);
    discover(vertx);
    assertThat(announced.poll(5, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            DiscoveryNotification.NeighbourAppeared.class,
            appeared -> assertThat(appeared.neighbour().name()).isEqualTo("bart"));
    assertThat(announced).isEmpty();
  }

  private static FoundNeighbours find(Vertx vertx, Set<String> except) throws Exception {
    return await(
        Bus.of(vertx)
            .request(
                DiscoveryRequest.ADDRESS,
                new FindNeighbours(true, except, false, Duration.ZERO, Duration.ofSeconds(10)),
                SOON));
  }

  private static DiscoveryConfig scan(String cidr) {
    return new DiscoveryConfig(
        List.of(), Optional.of(new Scan(cidr, 7433)), "", Duration.ofSeconds(1), 50, false);
  }

  @Test
  void pings_in_flight_are_bounded(Vertx vertx) throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    mesh(
        vertx,
        peer -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          Promise<PingOutcome> later = Promise.promise();
          vertx.runOnContext(
              turn -> {
                underWay.decrementAndGet();
                later.complete(silence());
              });
          return later.future();
        });
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(),
            Optional.of(new Scan("10.0.0.0/22", 1)),
            "",
            Duration.ofSeconds(1),
            7,
            false));

    NeighbourList nobody = discover(vertx);

    assertThat(pinged).hasSize(1_022);
    assertThat(most).hasValueLessThanOrEqualTo(7);
    assertThat(nobody.problems()).containsExactly("nobody answered in the range 10.0.0.0/22");
  }

  @Test
  void missing_mesh_is_reported_once_for_the_largest_scan(Vertx vertx) throws Exception {
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(),
            Optional.of(new Scan("10.0.0.0/16", 1)),
            "",
            Duration.ofSeconds(1),
            50,
            false));

    assertThat(discover(vertx).problems())
        .containsExactly(
            "the mesh cannot ping: no verticle serves nara.mesh",
            "nobody answered in the range 10.0.0.0/16");
  }

  @Test
  void presence_is_known_and_hearsay_is_confirmed_by_ping(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, DiscoveryConfig.defaults());
    tell(vertx, new Online("bart", "id", "10.0.0.1:1", Optional.empty(), false));
    awaitOnline(vertx, "bart");
    tell(vertx, new Online("lisa", "", "", Optional.of(TestIdentities.key("lisa")), true));
    tell(vertx, new Online("moe", "", "10.0.0.3:1", Optional.empty(), false));

    assertThat(online(discover(vertx))).containsExactly("bart", "lisa");
    tell(vertx, new Presence.Offline("lisa", true, Instant.EPOCH));
    assertThat(online(ask(vertx, new ListNeighbours()))).containsExactly("bart");
    assertThat(pinged).containsOnly("10.0.0.1:1", "10.0.0.3:1");
  }

  @Test
  void goodbye_from_before_the_last_response_is_ignored_when_another_nara_passes_it_on(Vertx vertx)
      throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    Instant beforeTheRestart = Instant.now();
    deploy(vertx, peers("10.0.0.1:1"));
    assertThat(online(discover(vertx))).containsExactly("bart");

    tell(vertx, new Presence.Offline("bart", false, beforeTheRestart));
    assertThat(online(ask(vertx, new ListNeighbours()))).containsExactly("bart");

    tell(vertx, new Presence.Offline("bart", false, Instant.now()));
    assertThat(online(ask(vertx, new ListNeighbours()))).isEmpty();
  }

  /** It has not restarted: its stop took a while, or its clock is behind. */
  @Test
  void nara_that_has_responded_since_its_goodbye_is_pinged_again_half_a_minute_later(Vertx vertx)
      throws Exception {
    Map<String, String> names = new ConcurrentHashMap<>(Map.of("10.0.0.1:1", "bart"));
    mesh(vertx, peer -> answering(names).apply(peer));
    ManualScheduler time = ManualScheduler.fromNow();
    deploy(vertx, peers("10.0.0.1:1"), time);
    Instant goodbye = time.instant();
    time.advance(Duration.ofSeconds(1));
    assertThat(online(discover(vertx))).containsExactly("bart");
    tell(vertx, new Presence.Offline("bart", false, goodbye));

    time.advance(Duration.ofSeconds(30));
    assertThat(online(ask(vertx, new ListNeighbours()))).containsExactly("bart");

    names.clear();
    tell(vertx, new Presence.Offline("bart", false, goodbye));
    time.advance(Duration.ofSeconds(30));
    while (!online(ask(vertx, new ListNeighbours())).isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(pinged).hasSize(3);
  }

  /** A nara that stops may still respond after its goodbye. */
  @Test
  void response_to_a_ping_from_before_a_goodbye_does_not_bring_a_nara_back(Vertx vertx)
      throws Exception {
    Promise<PingOutcome> late = Promise.promise();
    Map<String, String> names = Map.of("10.0.0.1:1", "bart", "10.0.0.2:1", "lisa");
    mesh(
        vertx,
        peer -> peer.address().equals("10.0.0.9:1") ? late.future() : answering(names).apply(peer));
    deploy(vertx, peers("10.0.0.1:1", "10.0.0.2:1"));
    discover(vertx);
    tell(vertx, new Online("bart", "", "10.0.0.9:1", Optional.empty(), true));
    while (!pinged.contains("10.0.0.9:1")) {
      Thread.onSpinWait();
    }

    tell(vertx, new Presence.Offline("bart", false, Instant.now()));
    late.complete(pong("bart"));
    // The response to this later ping comes after the late one.
    ask(vertx, new PingSilentPeers(Set.of("10.0.0.2:1")));
    assertThat(online(ask(vertx, new ListNeighbours()))).containsExactly("lisa");

    assertThat(online(discover(vertx))).containsExactly("bart", "lisa");
  }

  @Test
  void host_name_is_resolved_and_one_answering_address_is_enough(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("127.0.0.1:9", "bart")));
    deploy(vertx, peers("localhost:9"));

    NeighbourList found = discover(vertx);

    assertThat(found.neighbours()).extracting(Neighbour::address).containsExactly("127.0.0.1:9");
    assertThat(found.problems()).isEmpty();
    assertThat(pinged).doesNotContain("localhost:9");
  }

  @Test
  void unknown_host_name_is_a_problem(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, peers("no-such-host.invalid:9", "10.0.0.1:1"));

    NeighbourList found = discover(vertx);

    assertThat(online(found)).containsExactly("bart");
    assertThat(found.problems())
        .containsExactly("the host name no-such-host.invalid cannot be resolved");
  }

  @Test
  void address_that_cannot_sign_is_not_used(Vertx vertx) throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart", "10.0.0.2:1", "bart")));
    deploy(vertx, DiscoveryConfig.defaults());
    tell(vertx, howdy("10.0.0.2:1"));
    awaitOnline(vertx, "bart");
    tell(vertx, howdy("10.0.0.1:1"));

    List<Neighbour> neighbours = discover(vertx).neighbours();

    assertThat(neighbours).extracting(Neighbour::address).containsExactly(SIGNING);
  }

  @Test
  void dead_address_of_a_nara_that_moved_is_not_used_although_nothing_proves_the_new_one(
      Vertx vertx) throws Exception {
    String old = "10.0.0.2:1";
    String moved = "10.0.0.3:1";
    unwilling.addAll(Set.of(old, moved));
    Map<String, String> names = new ConcurrentHashMap<>(Map.of(old, "bart"));
    mesh(vertx, peer -> answering(names).apply(peer));
    deploy(vertx, DiscoveryConfig.defaults());
    tell(vertx, howdy(old));
    awaitOnline(vertx, "bart");
    names.put(moved, "bart");
    names.remove(old);
    tell(vertx, howdy(moved));

    while (!ask(vertx, new ListNeighbours()).neighbours().getFirst().address().equals(moved)) {
      Thread.onSpinWait();
    }
    assertThat(pinged).containsExactly(old, moved, old, moved);
  }

  private static Online howdy(String address) {
    return new Online("bart", "", address, Optional.empty(), true, false);
  }

  private static void awaitOnline(Vertx vertx, String name) throws Exception {
    while (!online(ask(vertx, new ListNeighbours())).contains(name)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void plaza_conflict_is_reported_once(Vertx vertx) throws Exception {
    keys.learn("bart", "", TestIdentities.key("bart"), nara.identity.Origin.CONFIG);
    deploy(vertx, DiscoveryConfig.defaults());
    for (int i = 0; i < 3; i++) {
      tell(vertx, new Online("bart", "", "", Optional.of(TestIdentities.key("other")), true));
    }

    NeighbourList now = ask(vertx, new ListNeighbours());

    assertThat(now.neighbours()).isEmpty();
    assertThat(now.problems()).hasSize(1);
  }

  @Test
  void stop_completes_pending_requests_with_current_neighbours(Vertx vertx) throws Exception {
    mesh(
        vertx,
        peer ->
            peer.address().equals("10.0.0.1:1")
                ? Future.succeededFuture(pong("bart"))
                : Promise.<PingOutcome>promise().future());
    String id = deploy(vertx, peers("10.0.0.1:1", "10.0.0.2:1"));
    Future<NeighbourList> waiting =
        Bus.of(vertx).request(DiscoveryRequest.ADDRESS, new RunDiscovery(), SOON);
    NeighbourList soFar = ask(vertx, new ListNeighbours());
    while (soFar.neighbours().isEmpty()) {
      soFar = ask(vertx, new ListNeighbours());
    }

    await(vertx.undeploy(id));

    assertThat(online(await(waiting))).containsExactly("bart");
    assertThat(await(waiting).problems())
        .containsExactly(
            "discovery stopped before all sources replied",
            "1 configured peer has not answered yet: 10.0.0.2:1");
  }

  @Test
  void invalid_range_fails_the_start_with_reason(Vertx vertx) {
    DiscoveryConfig config =
        new DiscoveryConfig(
            List.of(), Optional.of(new Scan("10.0.0.0/8", 1)), "", Duration.ofSeconds(1), 1, false);

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> deploy(vertx, config))
        .hasMessageContaining("must have a prefix from /16");
  }

  private void mesh(Vertx vertx, Function<PingPeer, Future<PingOutcome>> onPing) {
    Bus.of(vertx)
        .serve(
            MeshRequest.ADDRESS,
            MeshRequest.class,
            request ->
                switch (request) {
                  case PingPeer peer -> {
                    pinged.add(peer.address());
                    yield onPing.apply(peer);
                  }
                  case MeshRequest.FetchPage page ->
                      Future.succeededFuture(
                          page.peer().address().equals(SIGNING)
                              ? SIGNED
                              : unwilling.contains(page.peer().address()) ? REFUSED : FORGED);
                  default -> Future.failedFuture("not served");
                });
  }

  private static Function<PingPeer, Future<PingOutcome>> answering(Map<String, String> names) {
    return peer ->
        Future.succeededFuture(
            names.containsKey(peer.address()) ? pong(names.get(peer.address())) : silence());
  }

  private static PingOutcome pong(String name) {
    return new Pong(name, TestIdentities.key(name), "", Duration.ofMillis(1));
  }

  private static PingOutcome silence() {
    return new PingFailed(MeshFailure.UNREACHABLE, "nobody there");
  }

  private static DiscoveryConfig peers(String... addresses) {
    return new DiscoveryConfig(
        Stream.of(addresses).map(address -> new ConfiguredPeer("", address)).toList(),
        Optional.empty(),
        "",
        Duration.ofSeconds(1),
        50,
        false);
  }

  private String deploy(Vertx vertx, DiscoveryConfig config) throws Exception {
    return deploy(vertx, config, Scheduler.system());
  }

  private String deploy(Vertx vertx, DiscoveryConfig config, Scheduler scheduler) throws Exception {
    return await(
        vertx.deployVerticle(
            new DiscoveryVerticle(
                TestIdentities.named("me"),
                keys,
                config,
                AddressPolicy.strict(),
                scheduler,
                networkClock,
                new SplittableRandom(1),
                host -> {},
                true,
                true)));
  }

  /** Messages from one sender come in order: an answer after it shows that it was heard. */
  private static void tell(Vertx vertx, Presence presence) throws Exception {
    Bus.of(vertx).publish(Presence.ADDRESS, presence);
    ask(vertx, new ListNeighbours());
  }

  private static List<String> online(NeighbourList all) {
    return all.neighbours().stream().filter(Neighbour::online).map(Neighbour::name).toList();
  }

  private static NeighbourList discover(Vertx vertx) throws Exception {
    return ask(vertx, new RunDiscovery());
  }

  private static <R extends BusMessage> R ask(Vertx vertx, DiscoveryRequest<R> request)
      throws Exception {
    return await(Bus.of(vertx).request(DiscoveryRequest.ADDRESS, request, SOON));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
