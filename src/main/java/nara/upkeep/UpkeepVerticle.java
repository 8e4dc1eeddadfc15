package nara.upkeep;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Time;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.emit.OwnEvent;
import nara.emit.OwnEvents;
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventReader;
import nara.event.EventWriter;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Reading;
import nara.event.Seen;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.Sighting;
import nara.mesh.MeshRequest;
import nara.opinion.OpinionNews;
import nara.opinion.OpinionRequest;
import nara.plaza.PlazaRequest;
import nara.plaza.Presence;
import nara.recovery.RecoveryNews;
import nara.trust.TrustNews;
import nara.upkeep.UpkeepRequest.PingAverages;
import nara.upkeep.UpkeepRequest.UpkeepCounts;
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
public final class UpkeepVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(UpkeepVerticle.class);

  /** A ping may wait for others on their way to the same neighbour. */
  private static final Duration MESH_ALLOWANCE = Duration.ofSeconds(60);

  /**
   * Neighbours of whom what is thought is written down, at most: it is never pruned from any
   * ledger, and names are free.
   */
  private static final int MOST_BACKFILLED = 1_000;

  /** How this node sees those who speak on the plaza. */
  private static final String VIA_PLAZA = "plaza";

  private final Identity me;
  private final UpkeepConfig config;
  private final Time time;
  private final RandomGenerator random;
  private final EventReader reader = new EventReader();
  private final Notes notes;
  private final PingTimes pingTimes = new PingTimes();
  private final Forgetting forgetting = new Forgetting();
  private final PingRota rota;

  private Bus bus;
  private OwnEvents own;
  private Watch watch;
  private List<Neighbour> neighbours = List.of();
  private Map<String, Derived> thought = Map.of();
  private boolean looking;
  private Time.Appointment nextLook = () -> {};
  private Time.Appointment nextPing = () -> {};
  private Time.Appointment nextForgetting = () -> {};
  private Time.Appointment nextAnnouncement = () -> {};
  private long looks;
  private long observed;
  private long pinged;
  private long vouched;
  private long forgotten;
  private String lastTrouble = "";

  /**
   * The upkeep of one node.
   *
   * @param me who observes
   * @param random draws waits and whose turn it is
   */
  public UpkeepVerticle(Identity me, UpkeepConfig config, Time time, RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.time = time;
    this.random = random;
    this.notes = new Notes(me);
    this.rota = new PingRota(random);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    own = new OwnEvents(bus, me, time);
    bus.hear(RecoveryNews.ADDRESS, RecoveryNews.class, this::onRecoveryNews);
    bus.hear(OpinionNews.ADDRESS, OpinionNews.class, this::onOpinionNews);
    bus.hear(Presence.ADDRESS, Presence.class, this::onPresence);
    bus.hear(TrustNews.ADDRESS, TrustNews.class, this::onTrustNews);
    return bus.serve(UpkeepRequest.ADDRESS, UpkeepRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    nextLook.cancel();
    nextPing.cancel();
    nextForgetting.cancel();
    nextAnnouncement.cancel();
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(UpkeepRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case UpkeepRequest.Averages averages -> new PingAverages(pingTimes.averages());
          case UpkeepRequest.Counts counts ->
              new UpkeepCounts(looks, observed, pinged, vouched, forgotten);
        });
  }

  private void onRecoveryNews(RecoveryNews news) {
    switch (news) {
      case RecoveryNews.Progress soFar -> {}
      case RecoveryNews.Finished done -> {
        if (watch == null) {
          begin();
        }
      }
    }
  }

  private void begin() {
    watch = new Watch(time.instant(), config.missingAfter(), config.pings(), random);
    ask(new LedgerRequest.PingAverages(Set.of(me.name())))
        .onSuccess(means -> pingTimes.seed(means.meanByTarget()))
        .onFailure(this::onTrouble);
    nextForgetting = time.after(vertx, config.forget(), this::onForget);
    if (config.speaks()) {
      onLook();
      if (config.pings()) {
        nextPing = time.after(vertx, config.ping(), this::onPing);
        nextAnnouncement = time.after(vertx, config.announce(), this::onAnnounce);
      }
    }
  }

  private void onAnnounce() {
    nextAnnouncement = time.after(vertx, config.announce(), this::onAnnounce);
    bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.State(), config.timeout())
        .compose(
            plaza ->
                plaza.connected()
                    ? Future.succeededFuture()
                    : bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.Announce(), config.timeout()))
        .onFailure(this::onTrouble);
  }

  private void onPresence(Presence presence) {
    if (watch != null && presence instanceof Presence.Spoke spoke) {
      watch.heard(spoke.name(), time.instant());
    }
  }

  private void onTrustNews(TrustNews news) {
    switch (news) {
      case TrustNews.Announced announced -> {
        if (watch != null) {
          announced.events().forEach(this::onAnnouncement);
        }
      }
    }
  }

  private void onAnnouncement(Event event) {
    if (event.payload() instanceof HeyThere hello) {
      watch.announced(hello.from(), event.ts(), time.instant());
    } else if (event.payload() instanceof Chau goodbye) {
      watch.left(goodbye.from(), event.ts());
    }
  }

  // Looking around.

  private void onLook() {
    nextLook = time.after(vertx, config.look(), this::onLook);
    if (looking) {
      return;
    }
    looking = true;
    look().onFailure(this::onTrouble).onComplete(ended -> looking = false);
  }

  /**
   * What a look says is of the moment in which it began: what it saw may have ended by the time
   * that it is written down, and must not come after what tells of the end.
   */
  private Future<?> look() {
    Instant now = time.instant();
    return neighbourhood(now)
        .compose(sighted -> Future.join(watch(sighted, now)))
        .onComplete(ended -> looks++);
  }

  /** Everybody discovery knows, and what the ledger last heard of them. */
  private Future<Map<String, Sighting>> neighbourhood(Instant now) {
    return bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere(), config.timeout())
        .compose(
            there -> {
              neighbours = there.neighbours();
              Set<String> names =
                  neighbours.stream().map(Neighbour::name).collect(Collectors.toSet());
              return ask(new LedgerRequest.Sightings(names, now.getEpochSecond()));
            })
        .map(LedgerRequest.Sighted::bySubject);
  }

  private List<Future<?>> watch(Map<String, Sighting> sighted, Instant now) {
    return watch.look(neighbours, sighted, now).stream()
        .<Future<?>>map(task -> carryOut(task, now))
        .toList();
  }

  private Future<?> carryOut(Task task, Instant now) {
    long seconds = now.getEpochSecond();
    return switch (task) {
      // Not waited for: a look ends when its own node has answered.
      case Task.Check check -> {
        ping(check.name(), check.address())
            .onFailure(this::onTrouble)
            .onComplete(ended -> watch.checked(check.name()));
        yield Future.succeededFuture();
      }
      case Task.Vouch vouch ->
          own.say(
                  Event.nanos(vouch.heard()),
                  new Seen(me.name(), me.id(), vouch.name(), idOf(vouch.name()), VIA_PLAZA))
              .onSuccess(offered -> vouched += offered.added());
      case Task.FirstSeen first ->
          ask(new LedgerRequest.AboutSubject(first.name(), seconds))
              .compose(
                  known ->
                      known.firstSeenSeconds() > 0
                          ? Future.succeededFuture()
                          : observe(
                              notes.firstSeen(first.name(), idOf(first.name()), seconds), now));
      case Task.Changed changed ->
          observe(notes.changed(changed.name(), idOf(changed.name()), changed.state()), now);
      case Task.Restarted restarted ->
          ask(new LedgerRequest.AboutSubject(restarted.name(), seconds))
              .compose(
                  known ->
                      observe(
                          notes.restarted(known, idOf(restarted.name()), restarted.seconds()),
                          now));
      case Task.Lost lost -> {
        bus.tell(Presence.ADDRESS, new Presence.Missed(lost.name()));
        yield Future.succeededFuture();
      }
    };
  }

  /** Signed here, so there is nothing to judge; the ledger knows what is one too many. */
  private Future<?> observe(Observation observation, Instant now) {
    byte[] json = EventWriter.signed(me, Event.nanos(now), observation);
    Event event = ((Reading.Read) reader.read(json)).event();
    return ask(new LedgerRequest.Observe(new Judged(event, Verdict.VALID)))
        .onSuccess(
            merged -> {
              if (merged.added() > 0) {
                observed++;
                bus.tell(OwnEvent.ADDRESS, new OwnEvent.Made(event.service(), json));
              }
            });
  }

  // Pings.

  private void onPing() {
    nextPing = time.after(vertx, config.ping(), this::onPing);
    List<Neighbour> reachable =
        neighbours.stream()
            .filter(neighbour -> !neighbour.address().isEmpty())
            .filter(neighbour -> watch.online(neighbour.name()))
            .toList();
    rota.next(reachable, time.instant())
        .ifPresent(chosen -> ping(chosen.name(), chosen.address()).onFailure(this::onTrouble));
  }

  /**
   * An answer proves that somebody was there when it was asked, so that is when the ping was. Its
   * goodbye may be here before the answer is: dated by its arrival the answer would be news.
   */
  private Future<?> ping(String name, String address) {
    long asked = Event.nanos(time.instant());
    return bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.Ping(address, config.pingTimeout()),
            config.pingTimeout().plus(MESH_ALLOWANCE))
        .compose(
            outcome ->
                switch (outcome) {
                  case MeshRequest.Pong pong -> onPong(name, pong, asked);
                  case MeshRequest.NoPong nobody -> Future.succeededFuture();
                });
  }

  /** Only who has the name and its key is who was meant. */
  private Future<?> onPong(String name, MeshRequest.Pong pong, long asked) {
    boolean meant =
        pong.name().equals(name)
            && neighbours.stream()
                .filter(neighbour -> neighbour.name().equals(name))
                .anyMatch(neighbour -> neighbour.key().filter(pong.key()::equals).isPresent());
    double milliseconds = pong.rtt().toNanos() / 1e6;
    if (!meant || milliseconds <= 0) {
      return Future.succeededFuture();
    }
    pingTimes.measured(name, milliseconds);
    return own.say(asked, new Ping(me.name(), me.id(), name, idOf(name), milliseconds))
        .onSuccess(offered -> pinged += offered.added());
  }

  // What is thought of others, and whom to forget.

  private void onOpinionNews(OpinionNews news) {
    switch (news) {
      case OpinionNews.Formed formed -> {
        if (formed.last() && watch != null) {
          settle().onFailure(this::onTrouble);
        }
      }
    }
  }

  private Future<?> settle() {
    Instant now = time.instant();
    return bus.ask(OpinionRequest.ADDRESS, new OpinionRequest.All(), config.timeout())
        .compose(
            everybody -> {
              thought = everybody.bySubject();
              return neighbourhood(now);
            })
        .compose(
            sighted ->
                config.speaks()
                    ? backfill(sighted, now).map(sighted)
                    : Future.succeededFuture(sighted))
        .compose(this::forget);
  }

  /** Of those who are there only: whoever is said to have restarted is taken for there. */
  private Future<?> backfill(Map<String, Sighting> sighted, Instant now) {
    List<Derived> known =
        neighbours.stream()
            .map(Neighbour::name)
            .filter(name -> sighted.containsKey(name) && sighted.get(name).there())
            .filter(thought::containsKey)
            .map(thought::get)
            .filter(derived -> Notes.startOf(derived) > 0)
            .toList();
    Set<String> names = known.stream().map(Derived::subject).collect(Collectors.toSet());
    return ask(new LedgerRequest.Backfilled(names))
        .compose(
            done ->
                Future.join(
                    known.stream()
                        .filter(derived -> !done.names().contains(derived.subject()))
                        .limit(MOST_BACKFILLED)
                        .map(derived -> notes.backfill(derived, idOf(derived.subject())))
                        .<Future<?>>map(observation -> observe(observation, now))
                        .toList()));
  }

  private void onForget() {
    nextForgetting = time.after(vertx, config.forget(), this::onForget);
    neighbourhood(time.instant()).compose(this::forget).onFailure(this::onTrouble);
  }

  private Future<?> forget(Map<String, Sighting> sighted) {
    Map<String, Long> firstSeen = new HashMap<>();
    thought.forEach((name, derived) -> firstSeen.put(name, Notes.startOf(derived)));
    Set<String> gone = forgetting.whom(neighbours, sighted, firstSeen, time.instant());
    if (gone.isEmpty()) {
      return Future.succeededFuture();
    }
    forgotten += gone.size();
    pingTimes.forget(gone);
    LOG.info("{} neighbours are forgotten", gone.size());
    return bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.Forget(gone), config.timeout());
  }

  private <R extends BusMessage> Future<R> ask(LedgerRequest<R> request) {
    return bus.ask(LedgerRequest.ADDRESS, request, config.timeout());
  }

  private String idOf(String name) {
    return neighbours.stream()
        .filter(neighbour -> neighbour.name().equals(name))
        .map(Neighbour::id)
        .findFirst()
        .orElse("");
  }

  /** A line when the trouble is another one than last time. */
  private void onTrouble(Throwable failure) {
    String why = String.valueOf(failure.getMessage());
    if (!why.equals(lastTrouble)) {
      lastTrouble = why;
      LOG.warn("the upkeep of {} was disturbed: {}", me.name(), why);
    }
  }
}
