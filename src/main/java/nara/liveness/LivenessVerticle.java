package nara.liveness;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.ReadResult;
import nara.event.Seen;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.liveness.LivenessRequest.LivenessCounts;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.opinion.OpinionNotification;
import nara.opinion.OpinionRequest;
import nara.presence.OwnEvent;
import nara.presence.OwnEventPublisher;
import nara.presence.Presence;
import nara.recovery.RecoveryNotification;
import nara.trust.TrustNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the memory up once the recovery is over: writes down who came and went, how far away
 * everybody is, and what is thought of those of whom little is on record; forgets neighbours who
 * have not been there for long.
 *
 * <p>Its observations are signed. The reference leaves its own unsigned and takes signed ones as
 * well, and a signature is what lets others tell them from what a relay made up.
 */
public final class LivenessVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LivenessVerticle.class);

  /**
   * Neighbours of whom what is thought is written down, at most: it is never pruned from any
   * ledger, and names are free.
   */
  private static final int MAX_BACKFILLED = 1_000;

  /** How this node sees those who speak on the plaza. */
  private static final String VIA_PLAZA = "plaza";

  private final Identity me;
  private final LivenessConfig config;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final EventReader reader = new EventReader();
  private final ObservationWriter observationWriter;
  private final PingTimes pingTimes = new PingTimes();
  private final NeighbourExpiry neighbourExpiry = new NeighbourExpiry();
  private final PingSchedule pingSchedule;

  private Bus bus;
  private OwnEventPublisher ownEvents;
  private PresenceTracker presenceTracker;
  private List<Neighbour> neighbours = List.of();
  private Map<String, SubjectSummary> derivedByName = Map.of();
  private boolean checking;
  private Scheduler.TimerHandle nextCheck = () -> {};
  private Scheduler.TimerHandle nextPing = () -> {};
  private Scheduler.TimerHandle nextExpiry = () -> {};
  private Scheduler.TimerHandle nextAnnouncement = () -> {};
  private long checks;
  private long observations;
  private long pings;
  private long seenReports;
  private long expired;
  private final LogOnce failures = new LogOnce(LOG::warn);

  /**
   * The upkeep of one node.
   *
   * @param me who observes
   * @param random draws waits and whose turn it is
   */
  public LivenessVerticle(
      Identity me, LivenessConfig config, Scheduler scheduler, RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.scheduler = scheduler;
    this.random = random;
    this.observationWriter = new ObservationWriter(me);
    this.pingSchedule = new PingSchedule(random);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    ownEvents = new OwnEventPublisher(bus, me, scheduler);
    bus.subscribe(RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNews);
    bus.subscribe(OpinionNotification.ADDRESS, OpinionNotification.class, this::onOpinionNews);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    bus.subscribe(TrustNotification.ADDRESS, TrustNotification.class, this::onTrustNews);
    return bus.serve(LivenessRequest.ADDRESS, LivenessRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    nextCheck.cancel();
    nextPing.cancel();
    nextExpiry.cancel();
    nextAnnouncement.cancel();
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(LivenessRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case LivenessRequest.GetRoundTripTimes getRoundTripTimes ->
              new RoundTripTimes(pingTimes.averages());
          case LivenessRequest.GetLivenessCounts getLivenessCounts ->
              new LivenessCounts(checks, observations, pings, seenReports, expired);
        });
  }

  private void onRecoveryNews(RecoveryNotification news) {
    switch (news) {
      case RecoveryNotification.RecoveryProgressed soFar -> {}
      case RecoveryNotification.RecoveryFinished done -> {
        if (presenceTracker == null) {
          startMonitoring();
        }
      }
    }
  }

  private void startMonitoring() {
    presenceTracker =
        new PresenceTracker(scheduler.instant(), config.missingAfter(), config.pings(), random);
    ask(new LedgerRequest.ComputeMeanRtts(Set.of(me.name())))
        .onSuccess(means -> pingTimes.seed(means.millisByTarget()))
        .onFailure(this::logFailure);
    nextExpiry = scheduler.schedule(vertx, config.expiryInterval(), this::onExpire);
    if (config.writesObservations()) {
      onCheck();
      if (config.pings()) {
        nextPing = scheduler.schedule(vertx, config.pingInterval(), this::onPing);
        nextAnnouncement = scheduler.schedule(vertx, config.announceInterval(), this::onAnnounce);
      }
    }
  }

  private void onAnnounce() {
    nextAnnouncement = scheduler.schedule(vertx, config.announceInterval(), this::onAnnounce);
    bus.request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), config.timeout())
        .compose(
            plaza ->
                plaza.connected()
                    ? Future.succeededFuture()
                    : bus.request(
                        PlazaRequest.ADDRESS, new PlazaRequest.Announce(), config.timeout()))
        .onFailure(this::logFailure);
  }

  private void onPresence(Presence presence) {
    if (presenceTracker != null && presence instanceof Presence.Active active) {
      presenceTracker.recordHeard(active.name(), scheduler.instant());
    }
  }

  private void onTrustNews(TrustNotification news) {
    switch (news) {
      case TrustNotification.AnnouncementsMerged announcementsMerged -> {
        if (presenceTracker != null) {
          announcementsMerged.events().forEach(this::onAnnouncement);
        }
      }
    }
  }

  private void onAnnouncement(Event event) {
    if (event.payload() instanceof HeyThere hello) {
      presenceTracker.recordAnnouncement(hello.from(), event.ts(), scheduler.instant());
    } else if (event.payload() instanceof Chau goodbye) {
      presenceTracker.recordGoodbye(goodbye.from(), event.ts());
    }
  }

  // Looking around.

  private void onCheck() {
    nextCheck = scheduler.schedule(vertx, config.checkInterval(), this::onCheck);
    if (checking) {
      return;
    }
    checking = true;
    checkPresence().onFailure(this::logFailure).onComplete(ended -> checking = false);
  }

  /**
   * What a look says is of the moment in which it began: what it saw may have ended by the time
   * that it is written down, and must not come after what tells of the end.
   */
  private Future<?> checkPresence() {
    Instant now = scheduler.instant();
    return fetchSightings(now)
        .compose(sightings -> Future.join(performActions(sightings, now)))
        .onComplete(ended -> checks++);
  }

  /** Everybody discovery knows, and what the ledger last heard of them. */
  private Future<Map<String, Sighting>> fetchSightings(Instant now) {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), config.timeout())
        .compose(
            there -> {
              neighbours = there.neighbours();
              Set<String> names =
                  neighbours.stream().map(Neighbour::name).collect(Collectors.toSet());
              return ask(new LedgerRequest.FindSightings(names, now.getEpochSecond()));
            })
        .map(LedgerRequest.SightingsResult::bySubject);
  }

  private List<Future<?>> performActions(Map<String, Sighting> sightings, Instant now) {
    return presenceTracker.check(neighbours, sightings, now).stream()
        .<Future<?>>map(livenessAction -> perform(livenessAction, now))
        .toList();
  }

  private Future<?> perform(LivenessAction livenessAction, Instant now) {
    long seconds = now.getEpochSecond();
    return switch (livenessAction) {
      // Not waited for: a look ends when its own node has answered.
      case LivenessAction.PingSilent pingSilent -> {
        ping(pingSilent.name(), pingSilent.address())
            .onFailure(this::logFailure)
            .onComplete(ended -> presenceTracker.recordPingDone(pingSilent.name()));
        yield Future.succeededFuture();
      }
      case LivenessAction.ReportSeen reportSeen ->
          ownEvents
              .publish(
                  Event.unixNanos(reportSeen.heardAt()),
                  new Seen(
                      me.name(), me.id(), reportSeen.name(), idOf(reportSeen.name()), VIA_PLAZA))
              .onSuccess(offerResult -> seenReports += offerResult.added());
      case LivenessAction.ReportFirstSeen first ->
          ask(new LedgerRequest.SummariseSubject(first.name(), seconds))
              .compose(
                  known ->
                      known.firstSeenSeconds() > 0
                          ? Future.succeededFuture()
                          : observe(
                              observationWriter.firstSeen(
                                  first.name(), idOf(first.name()), seconds),
                              now));
      case LivenessAction.ReportStatusChange reportStatusChange ->
          observe(
              observationWriter.statusChange(
                  reportStatusChange.name(),
                  idOf(reportStatusChange.name()),
                  reportStatusChange.state()),
              now);
      case LivenessAction.ReportRestart reportRestart ->
          ask(new LedgerRequest.SummariseSubject(reportRestart.name(), seconds))
              .compose(
                  known ->
                      observe(
                          observationWriter.restart(
                              known, idOf(reportRestart.name()), reportRestart.seconds()),
                          now));
      case LivenessAction.MarkMissing markMissing -> {
        bus.publish(Presence.ADDRESS, new Presence.Missing(markMissing.name()));
        yield Future.succeededFuture();
      }
    };
  }

  /** Signed here, so there is nothing to judge; the ledger knows what is one too many. */
  private Future<?> observe(Observation observation, Instant now) {
    byte[] json = EventWriter.writeSigned(me, Event.unixNanos(now), observation);
    Event event = ((ReadResult.ParsedEvent) reader.read(json)).event();
    return ask(new LedgerRequest.RecordObservation(new JudgedEvent(event, Verdict.VALID)))
        .onSuccess(
            mergeResult -> {
              if (mergeResult.added() > 0) {
                observations++;
                bus.publish(OwnEvent.ADDRESS, new OwnEvent.Added(event.service(), json));
              }
            });
  }

  // Pings.

  private void onPing() {
    nextPing = scheduler.schedule(vertx, config.pingInterval(), this::onPing);
    List<Neighbour> reachable =
        neighbours.stream()
            .filter(neighbour -> !neighbour.address().isEmpty())
            .filter(neighbour -> presenceTracker.isOnline(neighbour.name()))
            .toList();
    pingSchedule
        .next(reachable, scheduler.instant())
        .ifPresent(chosen -> ping(chosen.name(), chosen.address()).onFailure(this::logFailure));
  }

  /**
   * An answer proves that somebody was there when it was asked, so that is when the ping was. Its
   * goodbye may be here before the answer is: dated by its arrival the answer would be news.
   */
  private Future<?> ping(String name, String address) {
    long sentTs = Event.unixNanos(scheduler.instant());
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(address, config.pingTimeout()),
            config.pingTimeout().plus(Timeouts.MESH_ALLOWANCE))
        .compose(
            outcome ->
                switch (outcome) {
                  case MeshRequest.Pong pong -> onPong(name, pong, sentTs);
                  case MeshRequest.PingFailed nobody -> Future.succeededFuture();
                });
  }

  /** Only who has the name and its key is who was meant. */
  private Future<?> onPong(String name, MeshRequest.Pong pong, long sentTs) {
    boolean isExpectedPeer =
        pong.name().equals(name)
            && neighbours.stream()
                .filter(neighbour -> neighbour.name().equals(name))
                .anyMatch(neighbour -> neighbour.key().filter(pong.key()::equals).isPresent());
    double milliseconds = pong.rtt().toNanos() / 1e6;
    if (!isExpectedPeer || milliseconds <= 0) {
      return Future.succeededFuture();
    }
    pingTimes.add(name, milliseconds);
    return ownEvents
        .publish(sentTs, new Ping(me.name(), me.id(), name, idOf(name), milliseconds))
        .onSuccess(offerResult -> pings += offerResult.added());
  }

  // What is thought of others, and whom to forget.

  private void onOpinionNews(OpinionNotification news) {
    switch (news) {
      case OpinionNotification.PassEnded passEnded -> {
        if (passEnded.isLast() && presenceTracker != null) {
          backfillAndExpire().onFailure(this::logFailure);
        }
      }
    }
  }

  private Future<?> backfillAndExpire() {
    Instant now = scheduler.instant();
    return bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), config.timeout())
        .compose(
            allOpinions -> {
              derivedByName = allOpinions.bySubject();
              return fetchSightings(now);
            })
        .compose(
            sightings ->
                config.writesObservations()
                    ? backfill(sightings, now).map(sightings)
                    : Future.succeededFuture(sightings))
        .compose(this::expire);
  }

  /** Of those who are there only: whoever is said to have restarted is taken for there. */
  private Future<?> backfill(Map<String, Sighting> sightings, Instant now) {
    List<SubjectSummary> known =
        neighbours.stream()
            .map(Neighbour::name)
            .filter(name -> sightings.containsKey(name) && sightings.get(name).isOnline())
            .filter(derivedByName::containsKey)
            .map(derivedByName::get)
            .filter(subjectSummary -> ObservationWriter.startTime(subjectSummary) > 0)
            .toList();
    Set<String> names = known.stream().map(SubjectSummary::subject).collect(Collectors.toSet());
    return ask(new LedgerRequest.FindBackfilled(names))
        .compose(
            done ->
                Future.join(
                    known.stream()
                        .filter(
                            subjectSummary -> !done.subjects().contains(subjectSummary.subject()))
                        .limit(MAX_BACKFILLED)
                        .map(
                            subjectSummary ->
                                observationWriter.backfill(
                                    subjectSummary, idOf(subjectSummary.subject())))
                        .<Future<?>>map(observation -> observe(observation, now))
                        .toList()));
  }

  private void onExpire() {
    nextExpiry = scheduler.schedule(vertx, config.expiryInterval(), this::onExpire);
    fetchSightings(scheduler.instant()).compose(this::expire).onFailure(this::logFailure);
  }

  private Future<?> expire(Map<String, Sighting> sightings) {
    Map<String, Long> firstSeen = new HashMap<>();
    derivedByName.forEach(
        (name, subjectSummary) -> firstSeen.put(name, ObservationWriter.startTime(subjectSummary)));
    Set<String> expiredNames =
        neighbourExpiry.expired(neighbours, sightings, firstSeen, scheduler.instant());
    if (expiredNames.isEmpty()) {
      return Future.succeededFuture();
    }
    expired += expiredNames.size();
    pingTimes.remove(expiredNames);
    LOG.info("{} neighbours are forgotten", expiredNames.size());
    return bus.request(
        DiscoveryRequest.ADDRESS,
        new DiscoveryRequest.ForgetNeighbours(expiredNames),
        config.timeout());
  }

  private <R extends BusMessage> Future<R> ask(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.ADDRESS, request, config.timeout());
  }

  private String idOf(String name) {
    return neighbours.stream()
        .filter(neighbour -> neighbour.name().equals(name))
        .map(Neighbour::id)
        .findFirst()
        .orElse("");
  }

  private void logFailure(Throwable failure) {
    failures.log("Maintenance task of " + me.name() + " failed: " + failure.getMessage());
  }
}
