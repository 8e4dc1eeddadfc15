package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.discovery.DiscoveryRequest.Neighbourhood;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.mesh.MeshConfig;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.NoPong;
import nara.mesh.MeshRequest.PingOutcome;
import nara.plaza.Presence;
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

  // The mesh keeps a ping's time itself, from when it is sent; before that it may have to wait for
  // others. This is for a mesh that does not answer at all.
  private static final Duration MESH_ALLOWANCE = Duration.ofSeconds(60);

  private final Identity me;
  private final Keyring keys;
  private final DiscoveryConfig config;
  private final boolean usesMesh;
  private final InstantSource clock;

  private final Troubles plazaTroubles = new Troubles();
  private Bus bus;
  private KnownNeighbours known;
  private Optional<AddressScan> scan;
  private Optional<TailscaleClient> tailscale;
  private DiscoveryRun run;
  private boolean pinging;
  private Promise<Neighbourhood> answer;
  private List<String> lastTroubles = List.of();

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
    bus.hear(Presence.ADDRESS, Presence.class, this::onPresence);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (run != null) {
      run.trouble("discovery was stopped before everybody was asked");
      end();
    }
    return tailscale.map(TailscaleClient::close).orElseGet(Future::succeededFuture);
  }

  private Future<? extends BusMessage> onRequest(DiscoveryRequest<?> request) {
    return switch (request) {
      case DiscoveryRequest.Discover discover -> onDiscover();
      case DiscoveryRequest.WhoIsThere who -> Future.succeededFuture(neighbourhood());
      case DiscoveryRequest.Forget forget -> {
        forget.names().forEach(known::forget);
        yield Future.succeededFuture(Done.DONE);
      }
    };
  }

  private Future<Neighbourhood> onDiscover() {
    if (run != null) {
      return answer.future();
    }
    Promise<Neighbourhood> mine = Promise.promise();
    DiscoveryRun begun = new DiscoveryRun(known, config, scan, clock.instant());
    answer = mine;
    run = begun;
    tailscale.ifPresent(daemon -> daemon.status().onSuccess(status -> onTailscale(begun, status)));
    proceed();
    return mine.future();
  }

  private void onTailscale(DiscoveryRun of, TailscaleStatus status) {
    if (of == run) {
      of.tailscale(status, MeshConfig.DEFAULT_PORT);
      proceed();
    }
  }

  private void onPinged(DiscoveryRun of, Target target, PingOutcome outcome) {
    if (of == run) {
      of.pinged(target, outcome);
      proceed();
    }
  }

  private void onPresence(Presence presence) {
    known
        .heard(presence)
        .filter(plazaTroubles::add)
        .ifPresent(trouble -> LOG.warn("discovery: {}", trouble));
  }

  /** Pings whom it may. An answer that is there at once only makes room for the loop's next. */
  private void proceed() {
    if (pinging) {
      return;
    }
    pinging = true;
    DiscoveryRun mine = run;
    for (Optional<Target> next = mine.next(); next.isPresent(); next = mine.next()) {
      Target target = next.get();
      ping(mine, target).onSuccess(outcome -> onPinged(mine, target, outcome));
    }
    pinging = false;
    if (mine.done()) {
      end();
    }
  }

  private Future<PingOutcome> ping(DiscoveryRun of, Target target) {
    return bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.Ping(target.address(), config.pingTimeout()),
            config.pingTimeout().plus(MESH_ALLOWANCE))
        .otherwise(
            failure -> {
              of.trouble("the mesh could not ping: " + reason(failure));
              return new NoPong(MeshFailure.UNREACHABLE, "the mesh could not ping");
            });
  }

  private static String reason(Throwable failure) {
    return failure instanceof ReplyException reply
        ? switch (reply.failureType()) {
          case NO_HANDLERS -> "it is not there";
          case TIMEOUT -> "it did not answer in time";
          case RECIPIENT_FAILURE, ERROR -> String.valueOf(reply.getMessage());
        }
        : String.valueOf(failure);
  }

  private void end() {
    DiscoveryRun ended = run;
    run = null;
    lastTroubles = ended.troubles();
    lastTroubles.forEach(trouble -> LOG.warn("discovery: {}", trouble));
    Neighbourhood result = neighbourhood();
    LOG.info(
        "discovery: {} of {} neighbours online, asked in {} ms",
        result.neighbours().stream().filter(Neighbour::online).count(),
        result.neighbours().size(),
        Duration.between(ended.began(), clock.instant()).toMillis());
    answer.complete(result);
  }

  private Neighbourhood neighbourhood() {
    List<String> troubles = new ArrayList<>(lastTroubles);
    troubles.addAll(plazaTroubles.list());
    List<Neighbour> all = known.all();
    return new Neighbourhood(
        usesMesh ? all : all.stream().map(Neighbour::withoutAddress).toList(),
        List.copyOf(troubles));
  }
}
