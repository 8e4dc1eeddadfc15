package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.ListenPort;
import nara.mesh.MeshNode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshSyncVerticle;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PingResponse;
import nara.node.config.NodeConfig;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;

/**
 * The mesh client of a node, without the rest of it: for a command that reads what peers hold. The
 * client verifies the signatures of responses, and offers the events to this class in place of
 * trust.
 *
 * <p>A peer answers only senders whose key it knows. So this class answers pings on a free port,
 * where a peer of this project looks an unknown sender up.
 */
public final class MeshSession implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final RawEvents NONE = RawEvents.join(List.of());

  private final Vertx vertx = Vertx.vertx(Platform.vertxOptions());
  private final Bus bus = Bus.of(vertx);
  private final Identity me;
  private final Scheduler clock;

  /** The events of the last response that nobody has taken yet. */
  private volatile RawEvents offered = NONE;

  private MeshSession(Identity me, Scheduler clock) {
    this.me = me;
    this.clock = clock;
  }

  /**
   * Starts a client that signs as this nara.
   *
   * @throws NodeStartException when the configured verifier is not there
   */
  public static MeshSession start(NodeConfig config, Identity me, Scheduler clock) {
    SignatureVerifier verifier =
        switch (Verifiers.choose(config.trust().verifier(), config.trust().maxKeyTables())) {
          case VerifierChoice.Available available -> available.signatureVerifier();
          case VerifierChoice.Unavailable unavailable ->
              throw new NodeStartException("trust.verifier: " + unavailable.reason());
        };
    Keyring keys = new Keyring();
    keys.learn(me.name(), me.id(), me.keys().publicKey(), Origin.SELF);
    config.trust().keys().forEach((name, key) -> keys.learn(name, "", key, Origin.CONFIG));
    for (ConfiguredPeer peer : config.discovery().peers()) {
      peer.key().ifPresent(key -> keys.learn(peer.name(), "", key, Origin.CONFIG));
    }
    ListenPort port = new ListenPort();
    MeshSession session = new MeshSession(me, clock);
    session.start(new MeshNode(me, keys, config.mesh(), verifier, clock, port));
    return session;
  }

  private void start(MeshNode node) {
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onOffer);
    Blocking.await(vertx.deployVerticle(new MeshSyncVerticle(node)), TIMEOUT);
    Blocking.await(
        vertx
            .createHttpServer()
            .requestHandler(this::onPing)
            .listen(0, node.config().host())
            .onSuccess(server -> node.listenPort().set(server.actualPort()))
            // The configuration may be another machine's. A peer that knows the key needs no ping.
            .<Object>mapEmpty()
            .otherwiseEmpty(),
        TIMEOUT);
  }

  private Future<OfferResult> onOffer(TrustRequest<?> request) {
    if (request instanceof TrustRequest.OfferEvents offer) {
      offered = offer.events();
    }
    return Future.succeededFuture(OfferResult.NONE);
  }

  private void onPing(HttpServerRequest request) {
    if (request.path().equals(MeshPaths.PING)) {
      request.response().end(Buffer.buffer(PingResponse.write(me, "", clock.instant())));
    } else {
      request.response().setStatusCode(404).end();
    }
  }

  /** Sends a request; one at a time, so that it is known whose events are offered. */
  public <R extends BusMessage> Future<R> request(MeshRequest<R> request, Duration timeout) {
    return bus.request(MeshRequest.ADDRESS, request, timeout);
  }

  /** The events of the last response; none when it had none, or when they were taken. */
  public RawEvents takeOffered() {
    RawEvents events = offered;
    offered = NONE;
    return events;
  }

  /** Completes after the time. */
  public Future<?> timer(Duration delay) {
    return vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the requests in flight. */
  @Override
  public void close() {
    Blocking.close(vertx);
  }
}
