package nara.discovery;

import static nara.discovery.Neighbour.Source.CONFIGURED;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.HostLookup;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryRequest.FormerNeighbour;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.SilentPeers;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.ledger.Query;
import nara.mesh.MeshConfig;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Knows the neighbours: queries all sources on request, and follows presence all the time.
 * Concurrent requests share one run; undeploying completes them with the neighbours known so far. A
 * {@link NeighbourSearch} does not wait for the end of its run.
 */
public final class DiscoveryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryVerticle.class);

  /** How often the searches look whether they are over: finer than any of their waits. */
  private static final Duration SEARCH_INTERVAL = Duration.ofMillis(100);

  /** How long a search waits for the stash: one ping. */
  private static final Duration FORMER_PATIENCE = Duration.ofSeconds(5);

  /** A nara responds to pings until the end of its stop, which takes less than this. */
  private static final Duration GOODBYE_CHECK_DELAY = Duration.ofSeconds(30);

  /** One event is enough: the signature of the response counts. */
  private static final Query PROOF = new Query.Page(Long.MIN_VALUE, 1, Query.Filter.ALL);

  private final Identity me;
  private final Keyring keys;
  private final DiscoveryConfig config;
  private final AddressPolicy policy;
  private final boolean usesMesh;
  private final boolean resolvesNames;
  private final NetworkClock networkClock;
  private final Consumer<String> ownHost;
  private final Scheduler scheduler;
  private final InstantSource steady;

  private final Goodbyes goodbyes = new Goodbyes();
  private final Set<String> goodbyesToCheck = new HashSet<>();
  private final AnnouncedTargets announced;
  private final Map<String, List<String>> resolvedHosts = new HashMap<>();
  private final Set<String> proving = new HashSet<>();
  private final List<NeighbourSearch> searches = new ArrayList<>();
  private Scheduler.TimerHandle searchTimer = () -> {};
  private String lastResult = "";

  private final ProblemList plazaProblems = new ProblemList();
  private Bus bus;
  private KnownNeighbours known;
  private HostLookup hostLookup;
  private Optional<AddressScan> scan;
  private Optional<TailscaleClient> tailscale;
  private Instant formerExpectedUntil = Instant.MIN;
  private final Set<String> formerToPing = new HashSet<>();
  private DiscoveryRun run;
  private Instant runStartedAt;
  private boolean sendingPings;
  private boolean stopped;
  private Promise<NeighbourList> runPromise;
  private List<String> lastProblems = List.of();

  /** The last run that ended; null before. A peer that responds since then is no problem. */
  private DiscoveryRun lastRun;

  /** Pings of naras that were refused, in flight. */
  private int pingsAgain;

  /**
   * @param keys learns the keys of naras that respond to pings
   * @param policy for addresses that other naras announce
   * @param networkClock gets the times of accepted neighbours, and tells when this node's clock is
   *     wrong
   * @param random chooses among announced addresses
   * @param ownHost gets this machine's address from the Tailscale daemon
   * @param usesMesh false: pings no address, and replies without addresses
   * @param resolvesNames false: the proxy of the mesh resolves the host names of peers
   */
  public DiscoveryVerticle(
      Identity me,
      Keyring keys,
      DiscoveryConfig config,
      AddressPolicy policy,
      Scheduler scheduler,
      NetworkClock networkClock,
      RandomGenerator random,
      Consumer<String> ownHost,
      boolean usesMesh,
      boolean resolvesNames) {
    this.resolvesNames = resolvesNames;
    this.ownHost = ownHost;
    this.networkClock = networkClock;
    this.me = me;
    this.keys = keys;
    this.config = usesMesh ? config : DiscoveryConfig.defaults();
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.usesMesh = usesMesh;
    this.policy = policy;
    this.announced = new AnnouncedTargets(random, steady);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    NeighbourLog neighbourLog = new NeighbourLog(LOG::info, steady);
    known =
        new KnownNeighbours(
            me, keys, policy, announced::add, neighbourLog::log, KnownNeighbours.MAX_NEIGHBOURS);
    hostLookup = new HostLookup(vertx);
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
    stopped = true;
    if (run != null) {
      run.addProblem("discovery stopped before all sources replied");
      finishRun();
    }
    searchTimer.cancel();
    searches.forEach(search -> search.complete(found()));
    searches.clear();
    return Future.join(
        hostLookup.close(),
        tailscale.map(TailscaleClient::close).orElseGet(Future::succeededFuture));
  }

  private Future<? extends BusMessage> onRequest(DiscoveryRequest<?> request) {
    return switch (request) {
      case DiscoveryRequest.RunDiscovery discover -> onDiscover();
      case DiscoveryRequest.FindNeighbours find -> onFind(find);
      case DiscoveryRequest.PingSilentPeers ping -> pingSilent(ping.again());
      case DiscoveryRequest.ListNeighbours list -> Future.succeededFuture(neighbourList());
      case DiscoveryRequest.ExpectFormerNeighbours expect -> {
        formerExpectedUntil = steady.instant().plus(FORMER_PATIENCE);
        yield Future.succeededFuture(Done.DONE);
      }
      case DiscoveryRequest.AddFormerNeighbours add -> {
        addFormer(add.neighbours());
        yield Future.succeededFuture(Done.DONE);
      }
      case DiscoveryRequest.ForgetNeighbours forget -> {
        forget.names().forEach(known::forget);
        yield Future.succeededFuture(Done.DONE);
      }
    };
  }

  private Future<FoundNeighbours> onFind(DiscoveryRequest.FindNeighbours find) {
    if (find.asksSources()) {
      DiscoveryRun current = run;
      if (current == null) {
        onDiscover();
      } else {
        current.takeUnanswered().forEach(peer -> addConfigured(current, peer));
        sendPings();
      }
    }
    known.acceptableByNow().forEach(this::pingAgain);
    NeighbourSearch search = new NeighbourSearch(find, steady.instant());
    searches.add(search);
    checkSearches();
    return search.future();
  }

  private Future<SilentPeers> pingSilent(Set<String> again) {
    List<ConfiguredPeer> toPing =
        config.peers().stream()
            .filter(peer -> isSilent(peer) || addressesOf(peer).stream().anyMatch(again::contains))
            .toList();
    return Future.join(toPing.stream().map(this::pingSilent).toList())
        .transform(
            ended ->
                Future.succeededFuture(
                    new SilentPeers(
                        config.peers().stream().filter(this::isSilent).toList(),
                        toPing.stream()
                            .flatMap(peer -> addressesOf(peer).stream())
                            .filter(again::contains)
                            .filter(known::responds)
                            .collect(Collectors.toSet()))));
  }

  private boolean isSilent(ConfiguredPeer peer) {
    return addressesOf(peer).stream().noneMatch(known::responds);
  }

  /** Of a peer that is configured by host name: those of the last lookup. */
  private List<String> addressesOf(ConfiguredPeer peer) {
    PeerAddress address = PeerAddress.parse(peer.address()).orElseThrow();
    return needsLookup(address)
        ? resolvedHosts.getOrDefault(peer.address(), List.of())
        : List.of(address.toString());
  }

  private boolean needsLookup(PeerAddress address) {
    return resolvesNames && AddressPolicy.literal(address.host()).isEmpty();
  }

  private Future<?> pingSilent(ConfiguredPeer peer) {
    return resolve(peer)
        .compose(
            addresses -> {
              if (!peer.name().isEmpty()) {
                known.addConfigured(peer.name(), addresses);
              }
              return Future.join(
                  addresses.stream()
                      .map(address -> new PingTarget(address, peer.name(), CONFIGURED))
                      .map(this::pingAgain)
                      .toList());
            });
  }

  /** A name server that fails does not take away an address that it gave before. */
  private Future<List<String>> resolve(ConfiguredPeer peer) {
    PeerAddress address = PeerAddress.parse(peer.address()).orElseThrow();
    if (!needsLookup(address)) {
      return Future.succeededFuture(addressesOf(peer));
    }
    return hostLookup
        .addressesOf(address.host())
        .onSuccess(
            hosts ->
                resolvedHosts.put(
                    peer.address(),
                    hosts.stream()
                        .map(each -> new PeerAddress(each, address.port()).toString())
                        .toList()))
        .transform(looked -> Future.succeededFuture(addressesOf(peer)));
  }

  /** Replies to the searches that are over, and looks again as long as there are others. */
  private void checkSearches() {
    searchTimer.cancel();
    if (searches.isEmpty() || stopped) {
      return;
    }
    List<Neighbour> all = known.all();
    Instant now = steady.instant();
    List<NeighbourSearch> over =
        searches.stream()
            .filter(
                search ->
                    search.isOver(
                        all,
                        run != null
                            || pingsAgain > 0
                            || search.isForFurther() && expectsFormer(now),
                        !proving.isEmpty(),
                        now))
            .toList();
    searches.removeAll(over);
    over.forEach(search -> search.complete(found()));
    if (!searches.isEmpty()) {
      searchTimer = scheduler.schedule(vertx, SEARCH_INTERVAL, this::checkSearches);
    }
  }

  private boolean expectsFormer(Instant now) {
    return now.isBefore(formerExpectedUntil);
  }

  private void addFormer(List<FormerNeighbour> neighbours) {
    for (FormerNeighbour former : neighbours) {
      policy
          .check(former.address())
          .map(PeerAddress::toString)
          .filter(address -> !former.name().equals(me.name()))
          .ifPresent(
              address -> {
                formerToPing.add(address);
                announced.add(new PingTarget(address, former.name(), Neighbour.Source.STASH));
              });
    }
    pingAnnounced();
    endFormerWait();
  }

  /** Former neighbours are no longer awaited when all pings to them have ended. */
  private void endFormerWait() {
    if (formerToPing.isEmpty()) {
      formerExpectedUntil = Instant.MIN;
    }
  }

  private FoundNeighbours found() {
    return new FoundNeighbours(neighbourList(), run != null);
  }

  /** Runs a change of one neighbour, and announces the neighbour if it is new or has moved. */
  private <T> T announcing(String name, Supplier<T> change) {
    Optional<Neighbour> before = known.byName(name).filter(Neighbour::online);
    T result = change.get();
    known
        .byName(name)
        .filter(Neighbour::online)
        .filter(now -> !before.map(Neighbour::address).equals(Optional.of(now.address())))
        .ifPresent(
            now ->
                bus.publish(
                    DiscoveryNotification.ADDRESS,
                    new DiscoveryNotification.NeighbourAppeared(
                        usesMesh ? now : now.withoutAddress())));
    return result;
  }

  private static String nameIn(PingTarget target, PingOutcome outcome) {
    return outcome instanceof Pong pong ? pong.name() : target.expectedName();
  }

  private Future<NeighbourList> onDiscover() {
    if (run != null) {
      return runPromise.future();
    }
    DiscoveryRun newRun = new DiscoveryRun(known, config, scan);
    Promise<NeighbourList> promise = Promise.promise();
    run = newRun;
    runStartedAt = steady.instant();
    runPromise = promise;
    // A host name may be looked up at once; the run must not end before all sources are added.
    newRun.workBegan();
    tailscale.ifPresent(
        daemon -> daemon.fetchStatus().onSuccess(status -> onTailscale(newRun, status)));
    config.peers().forEach(peer -> addConfigured(newRun, peer));
    newRun.addOthers();
    newRun.workEnded();
    sendPings();
    return promise.future();
  }

  private void addConfigured(DiscoveryRun discoveryRun, ConfiguredPeer peer) {
    PeerAddress address = PeerAddress.parse(peer.address()).orElseThrow();
    if (!needsLookup(address)) {
      discoveryRun.addConfigured(peer, List.of(address.toString()));
      return;
    }
    String host = address.host();
    if (!peer.name().isEmpty()) {
      known.addConfigured(peer.name(), resolvedHosts.getOrDefault(peer.address(), List.of()));
    }
    discoveryRun.workBegan();
    hostLookup
        .addressesOf(host)
        .map(
            hosts ->
                hosts.stream()
                    .map(each -> new PeerAddress(each, address.port()).toString())
                    .toList())
        .onSuccess(addresses -> resolvedHosts.put(peer.address(), addresses))
        .onComplete(
            resolved -> {
              // A name server that fails does not take away an address that it gave before.
              List<String> addresses = resolvedHosts.getOrDefault(peer.address(), List.of());
              discoveryRun.lookupEnded(
                  host,
                  resolved.succeeded() ? "" : "the host name " + host + " cannot be resolved");
              if (discoveryRun == run) {
                discoveryRun.addConfigured(peer, addresses);
                sendPings();
              }
            });
  }

  private void onTailscale(DiscoveryRun discoveryRun, TailscaleStatus status) {
    if (!status.own().isEmpty()) {
      ownHost.accept(status.own());
    }
    if (discoveryRun == run) {
      discoveryRun.onTailscaleStatus(status, MeshConfig.DEFAULT_PORT);
      sendPings();
    }
  }

  private void onPingOutcome(
      DiscoveryRun discoveryRun, PingTarget target, Instant sentAt, PingOutcome outcome) {
    if (discoveryRun == run) {
      boolean accepted =
          announcing(nameIn(target, outcome), () -> discoveryRun.onPingOutcome(target, outcome));
      if (accepted && outcome instanceof Pong pong) {
        onAccepted(target, sentAt, pong);
      }
      proveRivals(outcome);
      sendPings();
    }
  }

  private void onPresence(Presence presence) {
    if (presence instanceof Presence.Offline offline
        && !goodbyes.accepts(
            offline, Duration.between(offline.leftAt(), scheduler.instant()), steady.instant())
        && known.isReachable(offline.name())) {
      checkGoodbye(offline);
      return;
    }
    String name = presence instanceof Presence.Online online ? online.name() : "";
    if (presence instanceof Presence.Online online && online.firstHand()) {
      goodbyes.onReturn(name);
      goodbyesToCheck.remove(name);
    }
    announcing(name, () -> known.onPresence(presence))
        .filter(plazaProblems::add)
        .ifPresent(DiscoveryVerticle::logProblem);
    pingAnnounced();
  }

  /**
   * Pings a nara again that has responded since its goodbye. It may have restarted; or its stop
   * takes a while, or its clock is behind.
   */
  private void checkGoodbye(Presence.Offline goodbye) {
    String name = goodbye.name();
    if (goodbyesToCheck.add(name)) {
      scheduler.schedule(
          vertx,
          GOODBYE_CHECK_DELAY,
          () -> {
            if (goodbyesToCheck.remove(name) && !stopped) {
              known
                  .byName(name)
                  .filter(Neighbour::online)
                  .ifPresent(neighbour -> checkGoodbye(goodbye, neighbour));
            }
          });
    }
  }

  private void checkGoodbye(Presence.Offline goodbye, Neighbour neighbour) {
    ping(new PingTarget(neighbour.address(), neighbour.name(), Neighbour.Source.HEARSAY))
        .onSuccess(
            outcome -> {
              if (!(outcome instanceof Pong pong && pong.name().equals(goodbye.name()))) {
                known.onPresence(goodbye);
              }
            });
  }

  /** Pings newly announced addresses, between the runs too. */
  private void pingAnnounced() {
    if (!usesMesh || stopped) {
      return;
    }
    for (Optional<PingTarget> n = announced.next(); n.isPresent(); n = announced.next()) {
      PingTarget target = n.get();
      Instant sentAt = steady.instant();
      ping(target)
          .onComplete(
              ended -> {
                announced.pingEnded(target);
                if (ended.succeeded()) {
                  onAnnouncedOutcome(target, sentAt, ended.result());
                }
                if (formerToPing.remove(target.address())) {
                  endFormerWait();
                }
                // Not within this loop: a failure may come at once.
                context.runOnContext(later -> pingAnnounced());
              });
    }
  }

  /** The key that holds for a name has changed, so a nara that was refused may be accepted now. */
  private Future<PingOutcome> pingAgain(PingTarget target) {
    pingsAgain++;
    Instant sentAt = steady.instant();
    return ping(target)
        .onComplete(
            ended -> {
              pingsAgain--;
              if (ended.succeeded()) {
                onAnnouncedOutcome(target, sentAt, ended.result());
              }
            });
  }

  private Future<PingOutcome> ping(PingTarget target) {
    Instant sentAt = steady.instant();
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(target.address(), config.pingTimeout()),
            config.pingTimeout().plus(Timeouts.MESH_ALLOWANCE))
        .map(
            outcome ->
                outcome instanceof Pong pong && goodbyes.hasLeftSince(pong.name(), sentAt)
                    ? new PingFailed(MeshFailure.UNREACHABLE, "it has said goodbye")
                    : outcome);
  }

  private void onAnnouncedOutcome(PingTarget target, Instant sentAt, PingOutcome outcome) {
    switch (outcome) {
      case Pong pong -> {
        Optional<String> problem = announcing(pong.name(), () -> known.onPong(target, pong));
        problem.filter(plazaProblems::add).ifPresent(DiscoveryVerticle::logProblem);
        if (problem.isEmpty()) {
          onAccepted(target, sentAt, pong);
        }
      }
      case PingFailed failed -> known.onNoPong(target);
    }
    proveRivals(outcome);
  }

  /** Uses an accepted response. The clock of a nara that was refused does not count. */
  private void onAccepted(PingTarget target, Instant sentAt, Pong pong) {
    if (known.rivals(pong.name()).isEmpty()) {
      goodbyes.onResponse(pong.name(), sentAt);
    }
    if (!pong.key().equals(me.keys().publicKey())) {
      Peer peer = new Peer(pong.name(), target.address(), target.source() == CONFIGURED);
      pong.clockOffset().ifPresent(offset -> networkClock.record(peer.witness(), offset));
    }
  }

  /**
   * A response to a ping is not signed, so a stranger's machine can respond in a nara's name. When
   * several addresses respond, each is asked for a signed response: one event of its ledger.
   */
  private void proveRivals(PingOutcome outcome) {
    if (outcome instanceof Pong pong) {
      proveRivals(pong.name());
    }
  }

  private void proveRivals(String name) {
    List<String> rivals = known.rivals(name);
    if (rivals.isEmpty() || stopped || !proving.add(name)) {
      return;
    }
    DiscoveryRun current = run;
    if (current != null) {
      current.workBegan();
    }
    Future.join(rivals.stream().map(address -> prove(name, address)).toList())
        .onComplete(
            proved -> {
              proving.remove(name);
              if (!rivals.containsAll(known.rivals(name))) {
                proveRivals(name);
              }
              if (current != null) {
                current.workEnded();
              }
              if (current != null && current == run) {
                sendPings();
              }
            });
  }

  private Future<?> prove(String name, String address) {
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.FetchPage(
                new MeshRequest.Peer(name, address), PROOF, config.pingTimeout()),
            config.pingTimeout().plus(Timeouts.MERGE))
        .compose(
            outcome ->
                switch (outcome) {
                  case PageFetched page -> {
                    known.onProof(name, address, true);
                    yield Future.succeededFuture();
                  }
                  case FetchFailed failed -> onNoProof(name, address, failed.failure());
                })
        .otherwiseEmpty();
  }

  /** A nara that moved left a dead address behind; a busy one still responds to pings. */
  private Future<?> onNoProof(String name, String address, MeshFailure failure) {
    if (failure == MeshFailure.BAD_SIGNATURE) {
      known.onProof(name, address, false);
      return Future.succeededFuture();
    }
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(address, config.pingTimeout()),
            config.pingTimeout().plus(Timeouts.MESH_ALLOWANCE))
        .onSuccess(
            outcome -> {
              if (outcome instanceof Pong pong && pong.name().equals(name)) {
                known.onNoProof(name, address);
              } else {
                known.onNoPong(new PingTarget(address, name, Neighbour.Source.HEARSAY));
              }
            });
  }

  private static void logProblem(String problem) {
    LOG.warn("Discovery found a problem; it continues; problem={}", problem);
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
      Instant sentAt = steady.instant();
      ping(current, target).onSuccess(outcome -> onPingOutcome(current, target, sentAt, outcome));
    }
    sendingPings = false;
    if (current.isDone()) {
      finishRun();
    }
  }

  private Future<PingOutcome> ping(DiscoveryRun discoveryRun, PingTarget target) {
    return ping(target)
        .otherwise(
            failure -> {
              discoveryRun.addProblem("the mesh cannot ping: " + failure.getMessage());
              return new PingFailed(MeshFailure.UNREACHABLE, "the mesh cannot ping");
            });
  }

  private void finishRun() {
    DiscoveryRun finishedRun = run;
    List<String> problems = finishedRun.problems(anyOnline());
    run = null;
    lastRun = finishedRun;
    problems.stream()
        // A run that ends because the node stops has found no trouble.
        .filter(problem -> !stopped && !lastProblems.contains(problem))
        .forEach(DiscoveryVerticle::logProblem);
    lastProblems = problems;
    NeighbourList result = neighbourList();
    String sentence =
        "online=%d neighbours=%d problems=%d"
            .formatted(
                result.neighbours().stream().filter(Neighbour::online).count(),
                result.neighbours().size(),
                problems.size());
    // A node without neighbours runs discovery again and again.
    LOG.atLevel(sentence.equals(lastResult) ? Level.DEBUG : Level.INFO)
        .log(
            "Discovery done; {} duration_ms={}",
            sentence,
            Duration.between(runStartedAt, steady.instant()).toMillis());
    lastResult = sentence;
    runPromise.complete(result);
    checkSearches();
  }

  private boolean anyOnline() {
    return known.all().stream().anyMatch(Neighbour::online);
  }

  private NeighbourList neighbourList() {
    DiscoveryRun newest = run == null ? lastRun : run;
    List<String> problems =
        new ArrayList<>(newest == null ? List.of() : newest.problems(anyOnline()));
    networkClock.warning().ifPresent(problems::add);
    problems.addAll(plazaProblems.list());
    problems.removeAll(known.settledProblems());
    List<Neighbour> all = known.all();
    return new NeighbourList(
        usesMesh ? all : all.stream().map(Neighbour::withoutAddress).toList(),
        List.copyOf(problems));
  }
}
