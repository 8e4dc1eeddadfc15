package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.mesh.MeshConfig;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.wire.MeshFailure;
import nara.presence.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the neighbours: queries all sources on request, and follows presence all the time.
 * Concurrent requests share one run; undeploying completes them with the neighbours known so far.
 */
public final class DiscoveryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryVerticle.class);

  private final Identity me;
  private final Keyring keys;
  private final DiscoveryConfig config;
  private final boolean usesMesh;
  private final InstantSource clock;

  private final ProblemList plazaProblems = new ProblemList();
  private Bus bus;
  private KnownNeighbours known;
  private Optional<AddressScan> scan;
  private Optional<TailscaleClient> tailscale;
  private DiscoveryRun run;
  private Instant runStartedAt;
  private boolean sendingPings;
  private Promise<NeighbourList> runPromise;
  private List<String> lastProblems = List.of();

  /**
   * @param keys learns the keys of naras that answer pings
   * @param clock measures a run
   * @param usesMesh false: pings no address, and replies without addresses
   */
  public DiscoveryVerticle(
      Identity me, Keyring keys, DiscoveryConfig config, InstantSource clock, boolean usesMesh) {
    this.me = me;
    this.keys = keys;
    this.config = usesMesh ? config : DiscoveryConfig.defaults();
    this.clock = clock;
    this.usesMesh = usesMesh;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    known = new KnownNeighbours(me, keys, KnownNeighbours.MAX_NEIGHBOURS);
    scan = config.scan().map(range -> AddressScan.of(range.cidr(), range.port()));
    tailscale =
        Optional.of(config.tailscaleSocket())
            .filter(path -> !path.isEmpty())
            .map(path -> new TailscaleClient(vertx, path));
    bus.serve(DiscoveryRequest.ADDRESS, DiscoveryRequest.class, this::onRequest);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (run != null) {
      run.addProblem("discovery stopped before all sources replied");
      finishRun();
    }
    return tailscale.map(TailscaleClient::close).orElseGet(Future::succeededFuture);
  }

  private Future<? extends BusMessage> onRequest(DiscoveryRequest<?> request) {
    return switch (request) {
      case DiscoveryRequest.RunDiscovery discover -> onDiscover();
      case DiscoveryRequest.ListNeighbours list -> Future.succeededFuture(neighbourList());
      case DiscoveryRequest.ForgetNeighbours forget -> {
        forget.names().forEach(known::forget);
        yield Future.succeededFuture(Done.DONE);
      }
    };
  }

  private Future<NeighbourList> onDiscover() {
    if (run != null) {
      return runPromise.future();
    }
    DiscoveryRun newRun = new DiscoveryRun(known, config, scan);
    Promise<NeighbourList> promise = Promise.promise();
    run = newRun;
    runStartedAt = clock.instant();
    runPromise = promise;
    tailscale.ifPresent(
        daemon -> daemon.fetchStatus().onSuccess(status -> onTailscale(newRun, status)));
    sendPings();
    return promise.future();
  }

  private void onTailscale(DiscoveryRun discoveryRun, TailscaleStatus status) {
    if (discoveryRun == run) {
      discoveryRun.onTailscaleStatus(status, MeshConfig.DEFAULT_PORT);
      sendPings();
    }
  }

  private void onPingOutcome(DiscoveryRun discoveryRun, PingTarget target, PingOutcome outcome) {
    if (discoveryRun == run) {
      discoveryRun.onPingOutcome(target, outcome);
      sendPings();
    }
  }

  private void onPresence(Presence presence) {
    known.onPresence(presence).filter(plazaProblems::add).ifPresent(DiscoveryVerticle::logProblem);
  }

  private static void logProblem(String problem) {
    LOG.warn("Discovery found a problem; continue without it; problem={}", problem);
  }

  /** Not reentrant: a ping that completes at once lets the loop continue. */
  private void sendPings() {
    if (sendingPings) {
      return;
    }
    sendingPings = true;
    DiscoveryRun current = run;
    for (Optional<PingTarget> next = current.next(); next.isPresent(); next = current.next()) {
      PingTarget target = next.get();
      ping(current, target).onSuccess(outcome -> onPingOutcome(current, target, outcome));
    }
    sendingPings = false;
    if (current.isDone()) {
      finishRun();
    }
  }

  private Future<PingOutcome> ping(DiscoveryRun discoveryRun, PingTarget target) {
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(target.address(), config.pingTimeout()),
            config.pingTimeout().plus(Timeouts.MESH_ALLOWANCE))
        .otherwise(
            failure -> {
              discoveryRun.addProblem("the mesh cannot ping: " + failure.getMessage());
              return new PingFailed(MeshFailure.UNREACHABLE, "the mesh cannot ping");
            });
  }

  private void finishRun() {
    DiscoveryRun finishedRun = run;
    run = null;
    lastProblems = finishedRun.problems();
    lastProblems.forEach(DiscoveryVerticle::logProblem);
    NeighbourList result = neighbourList();
    LOG.info(
        "Discovery done: online={} neighbours={} duration_ms={}",
        result.neighbours().stream().filter(Neighbour::online).count(),
        result.neighbours().size(),
        Duration.between(runStartedAt, clock.instant()).toMillis());
    runPromise.complete(result);
  }

  private NeighbourList neighbourList() {
    List<String> problems = new ArrayList<>(lastProblems);
    problems.addAll(plazaProblems.list());
    List<Neighbour> all = known.all();
    return new NeighbourList(
        usesMesh ? all : all.stream().map(Neighbour::withoutAddress).toList(),
        List.copyOf(problems));
  }
}
