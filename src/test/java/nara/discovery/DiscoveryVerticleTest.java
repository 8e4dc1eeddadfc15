package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.bus.Bus;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.discovery.DiscoveryRequest.Discover;
import nara.discovery.DiscoveryRequest.Neighbourhood;
import nara.discovery.DiscoveryRequest.WhoIsThere;
import nara.identity.Keyring;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.NoPong;
import nara.mesh.MeshRequest.Ping;
import nara.mesh.MeshRequest.PingOutcome;
import nara.mesh.MeshRequest.Pong;
import nara.plaza.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class DiscoveryVerticleTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Keyring keys = new Keyring();
  private final List<String> pinged = Collections.synchronizedList(new ArrayList<>());

  @Test
  void all_who_answer_are_neighbours_and_silence_of_a_named_one_is_told(Vertx vertx)
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
            2));

    Neighbourhood all = discover(vertx);

    assertThat(all.neighbours())
        .extracting(Neighbour::name, Neighbour::online)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("bart", true),
            org.assertj.core.groups.Tuple.tuple("lisa", true),
            org.assertj.core.groups.Tuple.tuple("moe", false));
    assertThat(all.troubles())
        .containsExactly("\"moe\" at 10.0.0.9:1 does not answer: nobody there");
    assertThat(pinged).hasSize(8);
    assertThat(keys.byName("lisa")).contains(Somebody.key("lisa"));
    assertThat(ask(vertx, new WhoIsThere())).isEqualTo(all);
  }

  @Test
  void before_anybody_was_asked_nobody_is_there(Vertx vertx) throws Exception {
    deploy(vertx, DiscoveryConfig.defaults());

    assertThat(ask(vertx, new WhoIsThere())).isEqualTo(new Neighbourhood(List.of(), List.of()));
    assertThat(discover(vertx)).isEqualTo(new Neighbourhood(List.of(), List.of()));
  }

  @Test
  void several_who_ask_at_once_share_one_run(Vertx vertx) throws Exception {
    Promise<PingOutcome> held = Promise.promise();
    mesh(vertx, ping -> held.future());
    deploy(vertx, peers("10.0.0.1:1"));
    Bus bus = Bus.of(vertx);

    Future<Neighbourhood> first = bus.ask(DiscoveryRequest.ADDRESS, new Discover(), SOON);
    Future<Neighbourhood> second = bus.ask(DiscoveryRequest.ADDRESS, new Discover(), SOON);
    // Requests to one address are served in order: when this is answered, both have come.
    assertThat(ask(vertx, new WhoIsThere()).neighbours()).isEmpty();
    held.complete(pong("bart"));

    assertThat(await(first)).isEqualTo(await(second));
    assertThat(pinged).hasSize(1);
    discover(vertx);
    assertThat(pinged).as("a later asking asks anew").hasSize(2);
  }

  @Test
  void no_more_pings_are_under_way_than_allowed(Vertx vertx) throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    mesh(
        vertx,
        ping -> {
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
            List.of(), Optional.of(new Scan("10.0.0.0/22", 1)), "", Duration.ofSeconds(1), 7));

    Neighbourhood nobody = discover(vertx);

    assertThat(pinged).hasSize(1_022);
    assertThat(most).hasValueLessThanOrEqualTo(7);
    assertThat(nobody.troubles()).containsExactly("nobody answered in the range 10.0.0.0/22");
  }

  @Test
  void without_a_mesh_even_the_largest_scan_ends_with_one_trouble_for_all(Vertx vertx)
      throws Exception {
    deploy(
        vertx,
        new DiscoveryConfig(
            List.of(), Optional.of(new Scan("10.0.0.0/16", 1)), "", Duration.ofSeconds(1), 50));

    assertThat(discover(vertx).troubles())
        .containsExactly(
            "the mesh could not ping: it is not there", "nobody answered in the range 10.0.0.0/16");
  }

  @Test
  void what_the_plaza_tells_is_known_and_hearsay_is_confirmed_by_asking(Vertx vertx)
      throws Exception {
    mesh(vertx, answering(Map.of("10.0.0.1:1", "bart")));
    deploy(vertx, DiscoveryConfig.defaults());
    tell(vertx, new Presence.Present("bart", "id", "10.0.0.1:1", Optional.empty(), false));
    tell(vertx, new Presence.Present("lisa", "", "", Optional.of(Somebody.key("lisa")), true));
    tell(vertx, new Presence.Present("moe", "", "10.0.0.3:1", Optional.empty(), false));

    assertThat(online(ask(vertx, new WhoIsThere()))).containsExactly("lisa");
    assertThat(online(discover(vertx))).containsExactly("bart", "lisa");
    tell(vertx, new Presence.Left("lisa"));
    assertThat(online(ask(vertx, new WhoIsThere()))).containsExactly("bart");
    assertThat(pinged).containsExactlyInAnyOrder("10.0.0.1:1", "10.0.0.3:1");
  }

  @Test
  void a_plaza_contradiction_is_told_once(Vertx vertx) throws Exception {
    keys.learn("bart", "", Somebody.key("bart"), nara.identity.Origin.CONFIG);
    deploy(vertx, DiscoveryConfig.defaults());
    for (int i = 0; i < 3; i++) {
      tell(vertx, new Presence.Present("bart", "", "", Optional.of(Somebody.key("other")), true));
    }

    Neighbourhood now = ask(vertx, new WhoIsThere());

    assertThat(now.neighbours()).isEmpty();
    assertThat(now.troubles()).hasSize(1);
  }

  @Test
  void stopping_answers_who_waits_at_once_with_what_is_known(Vertx vertx) throws Exception {
    mesh(
        vertx,
        ping ->
            ping.address().equals("10.0.0.1:1")
                ? Future.succeededFuture(pong("bart"))
                : Promise.<PingOutcome>promise().future());
    String id = deploy(vertx, peers("10.0.0.1:1", "10.0.0.2:1"));
    Future<Neighbourhood> waiting =
        Bus.of(vertx).ask(DiscoveryRequest.ADDRESS, new Discover(), SOON);
    Neighbourhood soFar = ask(vertx, new WhoIsThere());
    while (soFar.neighbours().isEmpty()) {
      soFar = ask(vertx, new WhoIsThere());
    }

    await(vertx.undeploy(id));

    assertThat(online(await(waiting))).containsExactly("bart");
    assertThat(await(waiting).troubles())
        .containsExactly("discovery was stopped before everybody was asked");
  }

  @Test
  void a_range_that_is_none_fails_the_start_with_a_sentence(Vertx vertx) {
    DiscoveryConfig config =
        new DiscoveryConfig(
            List.of(), Optional.of(new Scan("10.0.0.0/8", 1)), "", Duration.ofSeconds(1), 1);

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> deploy(vertx, config))
        .hasMessageContaining("must have a prefix from /16");
  }

  private void mesh(Vertx vertx, Function<Ping, Future<PingOutcome>> onPing) {
    Bus.of(vertx)
        .serve(
            MeshRequest.ADDRESS,
            Ping.class,
            ping -> {
              pinged.add(ping.address());
              return onPing.apply(ping);
            });
  }

  private static Function<Ping, Future<PingOutcome>> answering(Map<String, String> names) {
    return ping ->
        Future.succeededFuture(
            names.containsKey(ping.address()) ? pong(names.get(ping.address())) : silence());
  }

  private static PingOutcome pong(String name) {
    return new Pong(name, Somebody.key(name), "", Duration.ofMillis(1));
  }

  private static PingOutcome silence() {
    return new NoPong(MeshFailure.UNREACHABLE, "nobody there");
  }

  private static DiscoveryConfig peers(String... addresses) {
    return new DiscoveryConfig(
        Stream.of(addresses).map(address -> new ConfiguredPeer("", address)).toList(),
        Optional.empty(),
        "",
        Duration.ofSeconds(1),
        50);
  }

  private String deploy(Vertx vertx, DiscoveryConfig config) throws Exception {
    return await(
        vertx.deployVerticle(
            new DiscoveryVerticle(Somebody.named("me"), keys, config, InstantSource.system())));
  }

  /** Messages from one sender come in order: an answer after it shows that it was heard. */
  private static void tell(Vertx vertx, Presence presence) throws Exception {
    Bus.of(vertx).tell(Presence.ADDRESS, presence);
    ask(vertx, new WhoIsThere());
  }

  private static List<String> online(Neighbourhood all) {
    return all.neighbours().stream().filter(Neighbour::online).map(Neighbour::name).toList();
  }

  private static Neighbourhood discover(Vertx vertx) throws Exception {
    return ask(vertx, new Discover());
  }

  private static Neighbourhood ask(Vertx vertx, DiscoveryRequest<Neighbourhood> request)
      throws Exception {
    return await(Bus.of(vertx).ask(DiscoveryRequest.ADDRESS, request, SOON));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
