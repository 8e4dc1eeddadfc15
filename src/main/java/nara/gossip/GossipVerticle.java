package nara.gossip;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Time;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.gossip.GossipRequest.GossipCounts;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.Delivery;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.ZinesExchanged;
import nara.plaza.PlazaRequest;
import nara.plaza.Presence;
import nara.recovery.MemoryMode;
import nara.trust.TrustNews;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's memory and that of others fresh: zines with a few neighbours every few minutes,
 * now and then all of what one or two of them had lately, and the keys that are still missing.
 *
 * <p>Deployed before those that say goodbye, so that the last zine carries the goodbye.
 */
public final class GossipVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(GossipVerticle.class);

  /** For one exchange of zines or one delivery; the reference's. */
  private static final Duration EXCHANGE_TIME = Duration.ofSeconds(15);

  /** For the last zine; whoever stops this verticle waits for five seconds. */
  private static final Duration FAREWELL_TIME = Duration.ofSeconds(2);

  /** Beyond that: what came is judged and merged before the answer. */
  private static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(3);

  private static final Duration LOCAL_TIME = Duration.ofSeconds(10);

  /** A scan of many addresses takes its time. */
  private static final Duration DISCOVERY_TIME = Duration.ofHours(2);

  private final String me;
  private final GossipConfig config;
  private final Time time;
  private final RandomGenerator random;
  private final Circle circle;
  private final Arrivals arrivals;

  private Bus bus;
  private CatchingUp catchingUp;
  private List<Neighbour> known = List.of();
  private Time.Appointment nextRound = () -> {};
  private Time.Appointment nextCatchUp = () -> {};
  private long rounds;
  private long exchanged;
  private long failed;
  private long added;
  private int underWay;
  private String lastTrouble = "";

  /**
   * The gossip of one node.
   *
   * @param me its name
   * @param random draws neighbours and waits
   */
  public GossipVerticle(String me, GossipConfig config, Time time, RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.time = time;
    this.random = random;
    this.circle = new Circle(random);
    this.arrivals = new Arrivals(me);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    catchingUp = new CatchingUp(bus, random);
    bus.hear(TrustNews.ADDRESS, TrustNews.class, this::onTrustNews);
    if (config.silence().isEmpty()) {
      nextRound = time.after(vertx, config.pause(), this::onRound);
      if (config.memory() != MemoryMode.SHORT) {
        Duration first = catchingUp.firstPause();
        nextCatchUp = time.after(vertx, first, this::onCatchUp);
      }
    }
    return bus.serve(GossipRequest.ADDRESS, GossipRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    nextRound.cancel();
    nextCatchUp.cancel();
    return config.silence().isPresent() || known.isEmpty()
        ? Future.succeededFuture()
        : exchange(draw(), FAREWELL_TIME)
            .timeout(FAREWELL_TIME.toMillis(), TimeUnit.MILLISECONDS)
            // Whoever it does not reach notices the silence.
            .otherwiseEmpty();
  }

  private Future<? extends BusMessage> onRequest(GossipRequest<?> request) {
    return switch (request) {
      case GossipRequest.Tell tell -> onTell(tell);
      case GossipRequest.Counts counts ->
          Future.succeededFuture(
              new GossipCounts(
                  rounds,
                  exchanged,
                  failed,
                  catchingUp.asked(),
                  added + catchingUp.added(),
                  underWay));
    };
  }

  private Future<Delivery> onTell(GossipRequest.Tell tell) {
    if (config.silence().isPresent()) {
      return Future.succeededFuture(
          new MeshRequest.NotDelivered(MeshFailure.UNREACHABLE, config.silence().get()));
    }
    return neighbourhood()
        .compose(
            all ->
                addressOf(tell.name(), all)
                    .map(
                        address ->
                            bus.ask(
                                MeshRequest.ADDRESS,
                                new MeshRequest.Deliver(
                                    new Peer(tell.name(), address), tell.event(), EXCHANGE_TIME),
                                EXCHANGE_TIME.plus(LOCAL_TIME)))
                    .orElseGet(
                        () ->
                            Future.succeededFuture(
                                new MeshRequest.NotDelivered(
                                    MeshFailure.UNREACHABLE, "its address is not known"))));
  }

  private static Optional<String> addressOf(String name, List<Neighbour> all) {
    return all.stream()
        .filter(neighbour -> neighbour.name().equals(name))
        .map(Neighbour::address)
        .filter(address -> !address.isEmpty())
        .findFirst();
  }

  private void onTrustNews(TrustNews news) {
    switch (news) {
      case TrustNews.Announced announced ->
          arrivals
              .by(announced.events(), time.instant())
              .forEach(presence -> bus.tell(Presence.ADDRESS, presence));
    }
  }

  // Zines.

  private void onRound() {
    nextRound = time.after(vertx, config.pause(), this::onRound);
    rounds++;
    run(
        neighbourhood()
            .compose(all -> all.isEmpty() ? lookAround() : Future.succeededFuture(all))
            .compose(all -> exchange(draw(), EXCHANGE_TIME)));
  }

  private List<Peer> draw() {
    int count = config.memory() == MemoryMode.SHORT ? 1 + random.nextInt(2) : 3 + random.nextInt(3);
    return circle.draw(known, count, name -> true, time.instant());
  }

  private Future<Void> exchange(List<Peer> peers, Duration timeout) {
    if (peers.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Neighbour> drawnFrom = known;
    return bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.ExchangeZines(peers, config.span(), timeout),
            timeout.plus(MERGE_ALLOWANCE))
        .map(
            done -> {
              onExchanged(peers, drawnFrom, done);
              return null;
            });
  }

  private void onExchanged(List<Peer> peers, List<Neighbour> drawnFrom, ZinesExchanged done) {
    exchanged += done.merged().size();
    failed += done.failed().size();
    done.merged().values().forEach(offered -> added += offered.added());
    done.failed()
        .forEach(
            (name, reason) -> {
              circle.failed(name, time.instant());
              LOG.debug("no zine with {}: {}", name, reason);
            });
    for (Peer peer : peers) {
      if (done.merged().containsKey(peer.name())) {
        circle.answered(peer.name());
        noteLife(peer, drawnFrom);
      }
    }
  }

  /**
   * Its answer was signed and came from there: it is, whatever was thought of it when it was drawn.
   * Who was there then may have said goodbye since, and is not brought back by an older answer.
   */
  private void noteLife(Peer peer, List<Neighbour> drawnFrom) {
    drawnFrom.stream()
        .filter(neighbour -> neighbour.name().equals(peer.name()) && !neighbour.online())
        .forEach(
            back ->
                bus.tell(
                    Presence.ADDRESS,
                    new Presence.Present(
                        peer.name(), back.id(), peer.address(), back.key(), true)));
  }

  // Catching up.

  private void onCatchUp() {
    nextCatchUp = time.after(vertx, catchingUp.pause(), this::onCatchUp);
    run(
        neighbourhood()
            .compose(
                all -> littleMemory().map(little -> catchingUp.draw(circle, all, little, time)))
            .compose(chosen -> catchingUp.with(chosen, time.instant())));
  }

  /** Who has told that it remembers little; nobody when there is no plaza to tell it on. */
  private Future<Set<String>> littleMemory() {
    return bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.LittleMemory(), LOCAL_TIME)
        .map(PlazaRequest.Names::names);
  }

  private Future<List<Neighbour>> neighbourhood() {
    return bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere(), LOCAL_TIME)
        .map(this::remembered);
  }

  /** Nobody is known, so the sources of discovery are asked again. */
  private Future<List<Neighbour>> lookAround() {
    return bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.Discover(), DISCOVERY_TIME)
        .map(this::remembered);
  }

  private List<Neighbour> remembered(DiscoveryRequest.Neighbourhood found) {
    known = found.neighbours();
    return known;
  }

  private void run(Future<?> work) {
    underWay++;
    work.onFailure(this::onTrouble).onComplete(ended -> underWay--);
  }

  /** A line when the trouble is another one than last time. */
  private void onTrouble(Throwable failure) {
    String why = String.valueOf(failure.getMessage());
    if (!why.equals(lastTrouble)) {
      lastTrouble = why;
      LOG.warn("{} could not gossip: {}", me, why);
    }
  }
}
