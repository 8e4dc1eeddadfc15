package nara.social;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bounds.BoundedMap;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Scheduler.TimerHandle;
import nara.bus.Timeouts;
import nara.coordinates.Barrio;
import nara.coordinates.Coordinate;
import nara.coordinates.OwnCoordinate;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.gossip.GossipRequest;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.liveness.LivenessNotification;
import nara.liveness.LivenessRequest;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mqtt.PlazaNotification;
import nara.opinion.OpinionNotification;
import nara.opinion.OpinionRequest;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.opinion.Opinions;
import nara.presence.OwnEventPublisher;
import nara.presence.Presence;
import nara.profile.EventStore;
import nara.profile.Flair.Award;
import nara.profile.OwnStatus;
import nara.profile.Status;
import nara.recovery.RecoveryNotification;
import nara.social.AwardRules.Rated;
import nara.social.SocialRequest.CloutWeights;
import nara.social.SocialRequest.CurrentStatus;
import nara.social.SocialRequest.MapNode;
import nara.social.SocialRequest.NetworkMap;
import nara.social.SocialRequest.Proximity;
import nara.social.SocialRequest.StatusList;
import nara.stash.StashRequest;
import nara.stash.StashRequest.ConfidantState;
import nara.stash.StashRequest.StashStatus;
import nara.trust.TrustNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the statuses of other naras, moves this node's coordinate with each measured round trip,
 * and, unless the node is read-only, follows trends and teases others.
 *
 * <p>The rules classes decide; this class asks and sends.
 */
public final class SocialVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SocialVerticle.class);

  private final Identity me;
  private final boolean sociable;
  private final OwnStatus ownStatus;
  private final OwnCoordinate ownCoordinate;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final RandomGenerator random;

  private final KnownStatuses statuses = new KnownStatuses();
  private final Set<String> missing =
      Collections.newSetFromMap(BoundedMap.fifo(SocialLimits.MAX_TARGETS));
  private final TrendRules trendRules;
  private final TeaseRules teaseRules;
  private final Teases teases;
  private final Map<String, Long> askedAbout = BoundedMap.lru(SocialLimits.MAX_TARGETS);
  private final Map<String, TimerHandle> pendingTeases = new HashMap<>();
  private Bus bus;
  private OwnEventPublisher publisher;
  private TimerHandle nextStep = () -> {};
  private double gridSize = Barrio.gridSize(List.of());
  private Trend trend = Trend.NONE;
  private Set<Award> awards = Set.of();
  private boolean recovered;
  private int ledgerQuestions;

  /**
   * The social life of one node.
   *
   * @param sociable whether it teases and follows trends; never on a read-only node
   * @param ownStatus gets this node's looks
   * @param ownCoordinate moves with the round trips
   */
  public SocialVerticle(
      Identity me,
      boolean sociable,
      OwnStatus ownStatus,
      OwnCoordinate ownCoordinate,
      Scheduler scheduler,
      RandomGenerator random) {
    this.me = me;
    this.sociable = sociable;
    this.ownStatus = ownStatus;
    this.ownCoordinate = ownCoordinate;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.trendRules = new TrendRules(me.name(), me.personality(), random);
    this.teaseRules = new TeaseRules(me);
    this.teases =
        new Teases(RateLimiter.per(Duration.ofMinutes(1), SocialLimits.TEASES_PER_MINUTE, steady));
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    publisher = new OwnEventPublisher(bus, me, scheduler);
    bus.serve(SocialRequest.ADDRESS, SocialRequest.class, this::onRequest);
    bus.subscribe(PlazaNotification.ADDRESS, PlazaNotification.class, this::onPlazaNotification);
    bus.subscribe(
        LivenessNotification.ADDRESS, LivenessNotification.class, this::onLivenessNotification);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    bus.subscribe(TrustNotification.ADDRESS, TrustNotification.class, this::onTrustNotification);
    bus.subscribe(
        RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNotification);
    bus.subscribe(
        OpinionNotification.ADDRESS, OpinionNotification.class, this::onOpinionNotification);
    updateAppearance();
    scheduleStep();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    nextStep.cancel();
    pendingTeases.values().forEach(TimerHandle::cancel);
    pendingTeases.clear();
    return Future.succeededFuture();
  }

  // Requests.

  private Future<? extends BusMessage> onRequest(SocialRequest<?> request) {
    return switch (request) {
      case SocialRequest.GetOwnStatus get -> onGetOwnStatus();
      case SocialRequest.ListStatuses list ->
          Future.succeededFuture(new StatusList(statuses.all()));
      case SocialRequest.WeighClout weigh -> Future.succeededFuture(cloutWeights(weigh.names()));
      case SocialRequest.GetProximity get -> listNeighbours().map(this::proximity);
      case SocialRequest.GetNetworkMap get ->
          listNeighbours().compose(found -> roundTrips().map(times -> networkMap(found, times)));
    };
  }

  private Future<CurrentStatus> onGetOwnStatus() {
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.STATUS)
        .map(EventStore::of)
        .otherwise(EventStore.NONE)
        .map(held -> new CurrentStatus(ownStatus.status(held)));
  }

  private Future<NeighbourList> listNeighbours() {
    return bus.request(
        DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STATUS);
  }

  private Future<RoundTripTimes> roundTrips() {
    return bus.request(
            LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes(), Timeouts.STATUS)
        .otherwise(new RoundTripTimes(Map.of()));
  }

  private CloutWeights cloutWeights(Set<String> names) {
    Map<String, Double> weights = new HashMap<>();
    for (String name : names) {
      coordinateOf(name)
          .ifPresent(place -> weights.put(name, ownCoordinate.get().cloutWeight(place)));
    }
    return new CloutWeights(Map.copyOf(weights));
  }

  private Proximity proximity(NeighbourList found) {
    List<String> members =
        found.neighbours().stream().map(Neighbour::name).filter(this::isInOwnBarrio).toList();
    return new Proximity(ownBarrio().emoji(), members, gridSize);
  }

  private NetworkMap networkMap(NeighbourList found, RoundTripTimes times) {
    List<MapNode> nodes = new ArrayList<>();
    OptionalDouble none = OptionalDouble.empty();
    nodes.add(new MapNode(me.name(), Optional.of(ownCoordinate.get()), true, true, none, none));
    for (Neighbour neighbour : found.neighbours()) {
      String name = neighbour.name();
      nodes.add(
          new MapNode(
              name,
              coordinateOf(name),
              neighbour.online(),
              false,
              optional(times.lastByTarget().get(name)),
              optional(times.averageByTarget().get(name))));
    }
    return new NetworkMap(List.copyOf(nodes));
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  // Places.

  private Optional<Coordinate> coordinateOf(String name) {
    return statuses.get(name).flatMap(Status::coordinate);
  }

  private Barrio ownBarrio() {
    return Barrio.of(ownCoordinate.get(), gridSize);
  }

  private boolean isInOwnBarrio(String name) {
    Optional<Coordinate> place = coordinateOf(name);
    return place.isPresent()
        ? Barrio.of(place.get(), gridSize).equals(ownBarrio())
        : Barrio.of(name, scheduler.instant()).equals(Barrio.of(me.name(), scheduler.instant()));
  }

  private void onLivenessNotification(LivenessNotification notification) {
    switch (notification) {
      case LivenessNotification.RoundTripMeasured measured ->
          coordinateOf(measured.name())
              .ifPresent(place -> ownCoordinate.onRoundTrip(place, measured.millis()));
    }
  }

  // Notifications.

  private void onPlazaNotification(PlazaNotification notification) {
    switch (notification) {
      case PlazaNotification.StatusReceived received -> {
        String name = received.name();
        Optional<Status> before =
            statuses.receive(name, received.status(), received.signed(), steady.instant());
        consider(name, before.map(status -> status.look().trend()).orElse(""), true);
      }
    }
  }

  private void onPresence(Presence presence) {
    switch (presence) {
      case Presence.Online online -> {
        if (online.firstHand() && missing.contains(online.name())) {
          consider(online.name(), "", false);
        }
      }
      case Presence.Offline offline -> leave(offline.name());
      case Presence.Missing gone -> {
        leave(gone.name());
        missing.add(gone.name());
      }
      case Presence.Active active -> {}
      case Presence.ObservationReceived received -> {}
    }
  }

  private void leave(String name) {
    statuses.leave(name);
    missing.remove(name);
  }

  private void onTrustNotification(TrustNotification notification) {
    switch (notification) {
      case TrustNotification.TeasesMerged merged ->
          teases.onMerged(merged.events(), me.name(), scheduler.instant());
      case TrustNotification.AnnouncementsMerged merged -> {}
    }
  }

  private void onRecoveryNotification(RecoveryNotification notification) {
    if (notification instanceof RecoveryNotification.RecoveryFinished) {
      recovered = true;
      updateAppearance();
    }
  }

  private void onOpinionNotification(OpinionNotification notification) {
    switch (notification) {
      case OpinionNotification.PassEnded ended ->
          bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), Timeouts.STATUS)
              .compose(
                  opinions ->
                      bus.request(
                              OpinionRequest.ADDRESS,
                              new OpinionRequest.GetOwnHistory(),
                              Timeouts.STATUS)
                          .map(own -> awards(opinions, own)))
              .onSuccess(
                  found -> {
                    awards = found;
                    updateAppearance();
                  })
              .onFailure(failure -> LOG.debug("No awards: {}", failure.getMessage()));
    }
  }

  private Set<Award> awards(Opinions opinions, OwnHistory own) {
    List<Rated> others =
        opinions.bySubject().values().stream()
            .filter(summary -> summary.status().equals("ONLINE"))
            .filter(summary -> !summary.subject().equals(me.name()))
            .map(
                summary ->
                    new Rated(
                        summary.subject(),
                        summary.opinion().startTime(),
                        summary.opinion().restarts(),
                        isInOwnBarrio(summary.subject())))
            .toList();
    return AwardRules.of(new Rated(me.name(), own.startTime(), own.restarts(), true), others);
  }

  // Trends.

  private void scheduleStep() {
    nextStep = scheduler.schedule(vertx, SocialLimits.STEP_INTERVAL, this::onStep);
  }

  private void onStep() {
    scheduleStep();
    roundTrips().onSuccess(this::onRoundTrips);
    // A node without a stash has nothing that replies.
    bus.request(StashRequest.ADDRESS, new StashRequest.GetStashStatus(), Timeouts.STATUS)
        .onSuccess(stash -> ownStatus.onStash(counts(stash)));
    if (sociable && recovered) {
      Trend next = trendRules.next(trend, statuses.online(steady.instant()).toList());
      if (!next.equals(trend)) {
        // The reference's amounts: for a trend of one's own, for joining, for leaving.
        ownStatus.addBuzz(next.name().startsWith(me.name() + "-") ? 5 : next == Trend.NONE ? 2 : 3);
        LOG.debug("The trend changes; from={} to={}", trend, next);
        trend = next;
      }
    }
  }

  private static Status.StashCounts counts(StashStatus stash) {
    return new Status.StashCounts(
        stash.keptStashes(),
        stash.keptBytes(),
        stash.confidants().stream().filter(ConfidantState::confirmed).count());
  }

  private void onRoundTrips(RoundTripTimes times) {
    gridSize = Barrio.gridSize(times.averageByTarget().values());
    updateAppearance();
  }

  private void updateAppearance() {
    ownStatus.onAppearance(
        new OwnStatus.Appearance(
            ownBarrio().emoji(), trend.name(), trend.emoji(), awards, !recovered));
  }

  // Teases.

  /**
   * Looks for a reason to tease a nara that was just heard.
   *
   * @param trendBefore the trend that it followed before, or empty
   * @param withStatus whether it has sent its status
   */
  private void consider(String name, String trendBefore, boolean withStatus) {
    boolean cameBack = missing.remove(name);
    if (!sociable
        || !recovered
        || name.equals(me.name())
        || pendingTeases.containsKey(name)
        || !teases.maySay(name, steady.instant())) {
      return;
    }
    boolean abandoned = withStatus && hasAbandoned(name, trendBefore);
    TeaseRules.Facts facts =
        new TeaseRules.Facts(name, 0, 0, cameBack, abandoned, isInOwnBarrio(name));
    if (mayAskLedgerAbout(name)) {
      ledgerQuestions++;
      long now = scheduler.instant().getEpochSecond();
      bus.request(
              LedgerRequest.ADDRESS, new LedgerRequest.SummariseSubject(name, now), Timeouts.STATUS)
          .onSuccess(summary -> decide(withHistory(facts, summary)))
          .onFailure(failure -> decide(facts))
          .onComplete(ended -> ledgerQuestions--);
    } else {
      decide(facts);
    }
  }

  private boolean hasAbandoned(String name, String trendBefore) {
    String trendNow = statuses.get(name).map(status -> status.look().trend()).orElse("");
    if (trendBefore.isEmpty() || trendBefore.equals(trendNow)) {
      return false;
    }
    List<Status> online = statuses.online(steady.instant()).toList();
    long followers =
        online.stream().filter(status -> status.look().trend().equals(trendBefore)).count();
    return teaseRules.isPopular((double) followers / online.size());
  }

  /** Restarts are rare, so a question for each cooldown is enough. */
  private boolean mayAskLedgerAbout(String name) {
    long now = steady.instant().getEpochSecond();
    Long asked = askedAbout.get(name);
    boolean due = asked == null || now - asked >= SocialLimits.TEASE_COOLDOWN.toSeconds();
    if (!due || ledgerQuestions >= SocialLimits.MAX_LEDGER_QUESTIONS) {
      return false;
    }
    askedAbout.put(name, now);
    return true;
  }

  /** The facts with the restarts, when nobody here has remarked on their number yet. */
  private TeaseRules.Facts withHistory(TeaseRules.Facts facts, SubjectSummary summary) {
    long restarts = summary.opinion().restarts();
    return teases.isNewNumber(facts.name(), restarts)
        ? new TeaseRules.Facts(
            facts.name(),
            summary.opinion().startTime(),
            restarts,
            facts.cameBack(),
            facts.abandonedTrend(),
            facts.sameBarrio())
        : facts;
  }

  private void decide(TeaseRules.Facts facts) {
    teaseRules
        .reason(facts, scheduler.instant().getEpochSecond())
        .ifPresent(reason -> teaseInTime(facts, reason));
  }

  private void teaseInTime(TeaseRules.Facts facts, TeaseReason reason) {
    String name = facts.name();
    if (reason == TeaseReason.RANDOM) {
      tease(facts, reason);
    } else if (pendingTeases.size() < SocialLimits.MAX_PENDING_TEASES
        && !pendingTeases.containsKey(name)) {
      long delay = 1 + random.nextLong(SocialLimits.MAX_TEASE_DELAY.toMillis());
      Runnable later =
          () -> {
            pendingTeases.remove(name);
            if (!teases.saidByOthers(name, reason, scheduler.instant())) {
              tease(facts, reason);
            }
          };
      pendingTeases.put(name, scheduler.schedule(vertx, Duration.ofMillis(delay), later));
    }
  }

  /** Writes the tease into the ledger, from where it spreads, and sends it to its target. */
  private void tease(TeaseRules.Facts facts, TeaseReason reason) {
    String name = facts.name();
    if (!teases.trySay(name, steady.instant())) {
      return;
    }
    if (reason == TeaseReason.HIGH_RESTARTS || reason == TeaseReason.NICE_NUMBER) {
      teases.onNumberRemarked(name, facts.restarts());
    }
    ownStatus.addBuzz(3);
    byte[] json =
        EventWriter.writeSigned(
            me,
            Event.unixNanos(scheduler.instant()),
            new Social("tease", me.name(), "", name, "", reason.label(), ""));
    publisher
        .publish(Service.SOCIAL, json)
        .compose(
            merged ->
                bus.request(
                    GossipRequest.ADDRESS,
                    new GossipRequest.SendToNeighbour(name, json),
                    Timeouts.STEP))
        // A tease that does not arrive spreads with the zines.
        .onFailure(failure -> LOG.debug("A tease was not sent: {}", failure.getMessage()));
  }
}
