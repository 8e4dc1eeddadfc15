package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.RunDiscovery;
import nara.identity.Keyring;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.MeshFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Against a real Unix socket. */
@ExtendWith(VertxExtension.class)
class TailscaleIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  // Not a temporary directory of the test framework: the path of a Unix socket must be short.
  private Path directory;
  private final List<String> ownHosts = new CopyOnWriteArrayList<>();

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("nara");
  }

  @AfterEach
  void removeDirectory() throws IOException {
    Files.deleteIfExists(socket());
    Files.delete(directory);
  }

  @Test
  void discovery_pings_machines_of_the_daemon_at_the_mesh_port(Vertx vertx) throws Exception {
    Bus.of(vertx)
        .serve(
            MeshRequest.ADDRESS,
            PingPeer.class,
            peer ->
                Future.<PingOutcome>succeededFuture(
                    peer.address().equals("100.64.0.2:7433")
                        ? new Pong("bart", TestIdentities.key("bart"), "100.64.0.2", Duration.ZERO)
                        : new PingFailed(MeshFailure.UNREACHABLE, "nobody there")));
    String status = TailscaleStatusTest.machines("100.64.0.2", "100.64.0.3");
    try (FakeTailscaleDaemon daemon =
        new FakeTailscaleDaemon(socket(), FakeTailscaleDaemon.answering("200 OK", status))) {
      deploy(vertx);

      NeighbourList all = discover(vertx);

      assertThat(all.problems()).isEmpty();
      assertThat(all.neighbours())
          .containsExactly(
              new Neighbour(
                  "bart",
                  "",
                  "100.64.0.2:7433",
                  Optional.of(TestIdentities.key("bart")),
                  java.util.Set.of(Neighbour.Source.TAILSCALE),
                  true));
      assertThat(daemon.requests())
          .singleElement()
          .satisfies(
              head ->
                  assertThat(head.toLowerCase(java.util.Locale.ROOT))
                      .startsWith("get /localapi/v0/status http/1.1\r\n")
                      .contains("\r\nhost: local-tailscaled.sock\r\n"));
    }
  }

  @Test
  void machine_with_an_ipv6_address_only_is_asked_and_silent_machines_are_told_of(Vertx vertx)
      throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Bus.of(vertx)
        .serve(
            MeshRequest.ADDRESS,
            PingPeer.class,
            peer -> {
              asked.add(peer.address());
              return Future.<PingOutcome>succeededFuture(
                  new PingFailed(MeshFailure.UNREACHABLE, "nobody there"));
            });
    String status =
        TailscaleStatusTest.machines("100.64.0.2", "fd7a:115c:a1e0::9", "100.64.0.3")
            .replace("\"Peer\"", "\"Self\":{\"TailscaleIPs\":[\"100.64.0.1\"]},\"Peer\"");
    try (FakeTailscaleDaemon daemon =
        new FakeTailscaleDaemon(socket(), FakeTailscaleDaemon.answering("200 OK", status))) {
      deploy(vertx);

      assertThat(discover(vertx).problems())
          .containsExactly("Tailscale: 3 machines asked, none is a nara");
      assertThat(asked)
          .containsExactlyInAnyOrder(
              "100.64.0.2:7433", "[fd7a:115c:a1e0::9]:7433", "100.64.0.3:7433");
      assertThat(ownHosts).containsExactly("100.64.0.1");
      assertThat(await(TailscaleClient.ownHost(vertx, socket().toString())))
          .isEqualTo("100.64.0.1");
      assertThat(daemon.requests()).hasSize(2);
    }
  }

  @Test
  void status_has_error_when_socket_is_missing(Vertx vertx) throws Exception {
    assertThat(status(vertx).error()).contains("cannot query", socket().toString());
  }

  @Test
  void status_has_error_when_socket_path_is_too_long(Vertx vertx) throws Exception {
    TailscaleClient client = new TailscaleClient(vertx, "/" + "x".repeat(200));

    assertThat(await(client.fetchStatus()).error()).contains("cannot query");
  }

  @Test
  void status_has_error_when_daemon_refuses(Vertx vertx) throws Exception {
    assertThat(errorOf(vertx, FakeTailscaleDaemon.answering("403 Forbidden", "no")))
        .contains("status 403");
  }

  @Test
  void status_has_error_when_response_is_not_http(Vertx vertx) throws Exception {
    assertThat(
            errorOf(
                vertx, connection -> FakeTailscaleDaemon.write(connection, "SSH-2.0-x\r\n\r\n")))
        .contains("cannot query");
  }

  @Test
  void status_has_error_when_body_is_malformed(Vertx vertx) throws Exception {
    assertThat(errorOf(vertx, FakeTailscaleDaemon.answering("200 OK", "<html>")))
        .contains("not JSON");
  }

  @Test
  void status_has_error_when_daemon_hangs_up_within_the_body(Vertx vertx) throws Exception {
    assertThat(
            errorOf(
                vertx,
                connection ->
                    FakeTailscaleDaemon.write(
                        connection, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")))
        .contains("cannot query");
  }

  @Test
  void endless_response_is_stopped_at_the_limit(Vertx vertx) throws Exception {
    String megabyte = " ".repeat(1 << 20);
    assertThat(
            errorOf(
                vertx,
                connection -> {
                  FakeTailscaleDaemon.write(connection, "HTTP/1.1 200 OK\r\n\r\n");
                  while (connection.isOpen()) {
                    FakeTailscaleDaemon.write(connection, megabyte);
                  }
                }))
        .contains("more than the " + TailscaleClient.MAX_RESPONSE_BYTES + " bytes");
  }

  @Test
  void stop_does_not_wait_for_a_silent_daemon(Vertx vertx) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    FakeTailscaleDaemon.ConnectionHandler silent =
        connection -> {
          asked.countDown();
          try {
            over.await();
          } catch (InterruptedException testIsOver) {
            Thread.currentThread().interrupt();
          }
        };
    try (FakeTailscaleDaemon daemon = new FakeTailscaleDaemon(socket(), silent)) {
      String id = deploy(vertx);
      Future<NeighbourList> waiting =
          Bus.of(vertx).request(DiscoveryRequest.ADDRESS, new RunDiscovery(), SOON);
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

      long began = System.nanoTime();
      await(vertx.undeploy(id));

      assertThat(await(waiting).problems())
          .containsExactly("discovery stopped before all sources replied");
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(TailscaleClient.TIMEOUT.dividedBy(2));
      assertThat(daemon.requests()).hasSize(1);
    } finally {
      over.countDown();
    }
  }

  private String errorOf(Vertx vertx, FakeTailscaleDaemon.ConnectionHandler handler)
      throws Exception {
    try (FakeTailscaleDaemon daemon = new FakeTailscaleDaemon(socket(), handler)) {
      TailscaleStatus status = status(vertx);
      assertThat(status.addresses()).isEmpty();
      assertThat(daemon.requests()).hasSize(1);
      return status.error();
    }
  }

  private TailscaleStatus status(Vertx vertx) throws Exception {
    return await(new TailscaleClient(vertx, socket().toString()).fetchStatus());
  }

  private Path socket() {
    return directory.resolve("t.sock");
  }

  private String deploy(Vertx vertx) throws Exception {
    DiscoveryConfig config =
        new DiscoveryConfig(
            List.of(), Optional.empty(), socket().toString(), Duration.ofSeconds(1), 50, false);
    return await(
        vertx.deployVerticle(
            new DiscoveryVerticle(
                TestIdentities.named("me"),
                new Keyring(),
                config,
                AddressPolicy.strict(),
                Scheduler.system(),
                new NetworkClock(Scheduler.system()),
                new SplittableRandom(1),
                ownHosts::add,
                true,
                true)));
  }

  private static NeighbourList discover(Vertx vertx) throws Exception {
    return await(Bus.of(vertx).request(DiscoveryRequest.ADDRESS, new RunDiscovery(), SOON));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
