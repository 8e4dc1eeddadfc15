package nara.mesh;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.mesh.client.MeshTransport;
import nara.mesh.server.MeshServerVerticle;
import nara.mesh.server.PeerDirectory;
import nara.testing.Citizen;
import nara.trust.verifier.ProviderVerifier;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;

/** Shared by the tests of the mesh. */
public final class TestMesh {
  private TestMesh() {}

  /** A mesh on a free port of this machine, with a short stall timeout. */
  public static MeshConfig config() {
    return configOn("127.0.0.1");
  }

  static MeshConfig configOn(String host) {
    return config(host, Duration.ofMillis(400));
  }

  /** The same with a stall timeout that no test reaches. */
  public static MeshConfig configWithLongTimeouts() {
    return config("127.0.0.1", Duration.ofMinutes(10));
  }

  private static MeshConfig config(String host, Duration stall) {
    return new MeshConfig(
        true,
        host,
        0,
        "",
        true,
        4 << 20,
        64 << 10,
        10,
        4,
        8,
        50,
        1_000,
        Duration.ofSeconds(5),
        stall,
        Optional.empty());
  }

  /** The same with another request rate for each peer; 0 for no limit. */
  public static MeshConfig withRequestLimit(MeshConfig config, int perSecond, int burst) {
    return with(config, perSecond, burst, config.proxy());
  }

  /** The same with a proxy. */
  static MeshConfig withProxy(MeshConfig config, String url) {
    return with(config, config.requestsPerSecond(), config.requestsAtOnce(), SocksProxy.parse(url));
  }

  private static MeshConfig with(
      MeshConfig config, int perSecond, int burst, Optional<SocksProxy> proxy) {
    return new MeshConfig(
        config.enabled(),
        config.host(),
        config.port(),
        config.advertise(),
        config.gzip(),
        config.maxAnswerBytes(),
        config.maxRequestBytes(),
        config.maxInFlight(),
        config.maxInFlightPerPeer(),
        config.maxQueuedPerPeer(),
        perSecond,
        burst,
        config.connectTimeout(),
        config.stallTimeout(),
        proxy);
  }

  /** A server that pings unknown senders. */
  public static MeshServerVerticle server(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier verifier,
      InstantSource clock,
      PeerDirectory directory,
      ListenPort port) {
    MeshNode node = new MeshNode(me, keys, config, verifier, Scheduler.of(clock), port);
    return new MeshServerVerticle(node, directory, vertx -> new MeshTransport(vertx, node));
  }

  /** The JDK's: there on every platform. */
  public static SignatureVerifier verifier() {
    return ((VerifierChoice.Available) ProviderVerifier.jdk()).signatureVerifier();
  }

  /** Signed events of somebody, a second apart. */
  public static List<Event> teases(Citizen by, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(
          Citizen.read(by.tease(1_768_800_000_000_000_000L + i * 1_000_000_000L, "t" + i)).event());
    }
    return events;
  }

  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
