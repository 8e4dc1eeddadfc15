package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
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
 * Knows who is there: asks all sources at once when told to, hears the plaza all the time.
 *
 * <p>Any number of askers share one run. Ending the verticle answers them at once with what is
 * known by then.
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
  private boolean sendingPings;
  private Promise<NeighbourList> runPromise;
  private List<String> lastProblems = List.of();

  /**
   * The discovery of one node.
   *
   * @param me never a neighbour
   * @param keys shared; learns the keys of those who answer pings
   * @param clock for the time a run took
   */
  public DiscoveryVerticle(Identity me, Keyring keys, DiscoveryConfig config, InstantSource clock) {
    this(me, keys, config, clock, true);
  }

  /**
   * The same, perhaps of a node that does not use the mesh: nobody is asked, and addresses that
   * others tell are nothing to it.
   */
  public DiscoveryVerticle(
      Identity me, Keyring keys, DiscoveryConfig config, InstantSource clock, boolean usesMesh) {
    this.usesMesh = usesMesh;
    this.me = me;
    this.keys = keys;
    this.config = usesMesh ? config : DiscoveryConfig.defaults();
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    known = new KnownNeighbours(me, keys);
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
      run.addProblem("discovery was stopped before everybody was asked");
      finishRun();
    }
    return tailscale.map(TailscaleClient::close).orElseGet(Future::succeededFuture);
  }

  private Future<? extends BusMessage> onRequest(DiscoveryRequest<?> request) {
    return switch (request) {
      case DiscoveryRequest.RunDiscovery runDiscovery -> onDiscover();
      case DiscoveryRequest.ListNeighbours who -> Future.succeededFuture(neighbourList());
      case DiscoveryRequest.ForgetNeighbours forgetNeighbours -> {
        forgetNeighbours.names().forEach(known::forget);
        yield Future.succeededFuture(Done.DONE);
      }
    };
  }

  private Future<NeighbourList> onDiscover() {
    if (run != null) {
      return runPromise.future();
    }
    Promise<NeighbourList> promise = Promise.promise();
    DiscoveryRun newRun = new DiscoveryRun(known, config, scan, clock.instant());
    runPromise = promise;
    run = newRun;
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

  private void onPingOutcome(
      DiscoveryRun discoveryRun, PingTarget pingTarget, PingOutcome outcome) {
    if (discoveryRun == run) {
      discoveryRun.onPingOutcome(pingTarget, outcome);
      sendPings();
    }
  }

  private void onPresence(Presence presence) {
    known
        .onPresence(presence)
        .filter(plazaProblems::add)
        .ifPresent(problem -> LOG.warn("discovery: {}", problem));
  }

  /** Pings whom it may. An answer that is there at once only makes room for the loop's next. */
  private void sendPings() {
    if (sendingPings) {
      return;
    }
    sendingPings = true;
    DiscoveryRun currentRun = run;
    for (Optional<PingTarget> next = currentRun.next();
        next.isPresent();
        next = currentRun.next()) {
      PingTarget pingTarget = next.get();
      ping(currentRun, pingTarget)
          .onSuccess(outcome -> onPingOutcome(currentRun, pingTarget, outcome));
    }
    sendingPings = false;
    if (currentRun.isDone()) {
      finishRun();
    }
  }

  private Future<PingOutcome> ping(DiscoveryRun discoveryRun, PingTarget pingTarget) {
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(pingTarget.address(), config.pingTimeout()),
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
    lastProblems.forEach(problem -> LOG.warn("discovery: {}", problem));
    NeighbourList result = neighbourList();
    LOG.info(
        "discovery: {} of {} neighbours online, asked in {} ms",
        result.neighbours().stream().filter(Neighbour::online).count(),
        result.neighbours().size(),
        Duration.between(finishedRun.startedAt(), clock.instant()).toMillis());
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
