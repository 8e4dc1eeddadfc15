package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.coordinates.OwnCoordinate;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Soul;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.presence.Presence;
import nara.presence.PresenceConfig;
import nara.presence.PresenceRequest;
import nara.presence.PresenceVerticle;
import nara.profile.Flair;
import nara.profile.HostStats;
import nara.profile.OwnStatus;
import nara.profile.Profile;
import nara.trust.TrustRequest;

/**
 * A node for tests: the verticles of presence and MQTT on their own Vert.x. Its ledger is a list,
 * and its trust verticle accepts all well-formed events.
 */
public final class TestPlazaNode implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Seeds: two nodes with one seed would have one id at the broker. */
  private static final AtomicLong NODES = new AtomicLong();

  final Identity me;
  public final Keyring keys = new Keyring();
  final Map<String, byte[]> offered = new ConcurrentHashMap<>();
  public final BlockingQueue<Presence> presence = new LinkedBlockingQueue<>();
  private final List<Presence> presenceSoFar = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final List<Event> ledger = new ArrayList<>();
  private final EventReader reader = new EventReader();
  private volatile Consumer<Query> onQuery = query -> {};
  private boolean runsAlone = true;
  private final Scheduler scheduler;
  private final Deque<String> deployments = new ArrayDeque<>();
  private volatile Future<Void> repliesResumed = Future.succeededFuture();

  public TestPlazaNode(String name) {
    this(name, Scheduler.system());
  }

  TestPlazaNode(String name, Scheduler scheduler) {
    this.scheduler = scheduler;
    byte[] seed = new byte[32];
    System.arraycopy(
        name.getBytes(StandardCharsets.UTF_8), 0, seed, 0, Math.min(32, name.length()));
    me = Identity.of(name, Soul.forName(seed, name));
    bus.serve(
        LedgerRequest.ADDRESS,
        LedgerRequest.class,
        request -> repliesResumed.compose(free -> onLedger(request)));
    bus.serve(
        TrustRequest.ADDRESS,
        TrustRequest.class,
        request -> repliesResumed.compose(free -> onTrust(request)));
    bus.subscribe(Presence.ADDRESS, Presence.class, presence::add);
  }

  /** A configuration with short waits. */
  public static PlazaConfig config(String url) {
    return config(url, "", "", false);
  }

  public static PlazaConfig config(String url, String user, String password, boolean readOnly) {
    return config(url, user, password, readOnly, 8 << 20);
  }

  public static PlazaConfig config(
      String url, String user, String password, boolean readOnly, int maxMessageBytes) {
    return new PlazaConfig(
        url,
        user,
        password,
        readOnly,
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(150),
        maxMessageBytes,
        PlazaConfig.Tls.DEFAULT);
  }

  TestPlazaNode connect(PlazaConfig config) {
    deployments.push(
        await(
            vertx.deployVerticle(
                new PresenceVerticle(
                    me,
                    new PresenceConfig(config.readOnly(), true, config.announceEvery()),
                    () -> "127.0.0.1:7433",
                    () -> true,
                    scheduler))));
    MqttLedgerVerticle verticle =
        new MqttLedgerVerticle(
            me,
            keys,
            config,
            new OwnStatus(
                me,
                "test",
                Profile.of("hybrid", "medium", 80_000),
                () -> "127.0.0.1:7433",
                new OwnCoordinate(new SplittableRandom(1)),
                Flair.onThisMachine(me, "", Map.of()),
                scheduler.steady(),
                HostStats::ofThisProcess),
            new JdkTestVerifier(),
            scheduler,
            new NetworkClock(scheduler),
            new SplittableRandom(NODES.getAndIncrement()),
            runsAlone);
    deployments.push(await(vertx.deployVerticle(verticle)));
    return this;
  }

  /** Makes this node a member of a cluster: other processes have the same soul. */
  TestPlazaNode inCluster() {
    runsAlone = false;
    return this;
  }

  /** Deploys the node, and waits for its connection. */
  public TestPlazaNode connected(PlazaConfig config) {
    connect(config);
    awaitState(PlazaState::connected);
    return this;
  }

  public TestPlazaNode holding(List<byte[]> events) {
    for (byte[] json : events) {
      ledger.add(((ParsedEvent) reader.read(json)).event());
    }
    return this;
  }

  TestPlazaNode onQuery(Consumer<Query> watcher) {
    onQuery = watcher;
    return this;
  }

  public PlazaState awaitState(Predicate<PlazaState> wanted) {
    return awaitResult(() -> ask(new PlazaRequest.GetPlazaState()), wanted);
  }

  public PlazaRequest.PlazaCounts awaitCounts(Predicate<PlazaRequest.PlazaCounts> wanted) {
    return awaitResult(() -> ask(new PlazaRequest.GetPlazaCounts()), wanted);
  }

  public Future<LedgersFetched> askLedgers(
      Map<String, List<String>> subjects, Duration quiet, Duration deadline) {
    return bus.request(PlazaRequest.ADDRESS, new FetchLedgers(subjects, quiet, deadline), TIMEOUT);
  }

  public <R extends BusMessage> R ask(PlazaRequest<R> request) {
    return await(bus.request(PlazaRequest.ADDRESS, request, TIMEOUT));
  }

  /** Asks for an announcement; returns the hey_there event. */
  byte[] announce() {
    return await(bus.request(PresenceRequest.ADDRESS, new PresenceRequest.Announce(), TIMEOUT))
        .heyThere();
  }

  /** The first matching news, published before or after this call. */
  public Presence awaitPresence(Predicate<Presence> wanted) {
    for (Presence told : presenceSoFar) {
      if (wanted.test(told)) {
        return told;
      }
    }
    while (true) {
      try {
        Presence told = presence.poll(20, TimeUnit.SECONDS);
        if (told == null) {
          throw new AssertionError(me.name() + " heard only of " + presenceSoFar);
        }
        presenceSoFar.add(told);
        if (wanted.test(told)) {
          return told;
        }
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
  }

  void leave() {
    await(beginLeave());
  }

  Future<Void> beginLeave() {
    return vertx
        .undeploy(deployments.pop())
        .compose(undeployed -> vertx.undeploy(deployments.pop()));
  }

  /** The ledger and trust do not reply until the Future ends. */
  void pauseRepliesUntil(Future<Void> then) {
    repliesResumed = then;
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  /** Repeats the request until the result matches. */
  static <T> T awaitResult(java.util.function.Supplier<T> question, Predicate<T> wanted) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    T answer = question.get();
    while (!wanted.test(answer)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still " + answer);
      }
      Thread.onSpinWait();
      answer = question.get();
    }
    return answer;
  }

  /** A tease; the number makes it unique. */
  public static byte[] tease(String actor, String target, int number) {
    Social social = new Social("tease", actor, "", target, "", "random", "");
    long ts = 1_768_800_000_000_000_000L + number;
    return EventWriter.writeUnsigned(ts, social);
  }

  private Future<? extends BusMessage> onLedger(LedgerRequest<?> request) {
    return switch (request) {
      case LedgerRequest.QueryEvents events -> {
        onQuery.accept(events.query());
        yield Future.succeededFuture(page((Query.Page) events.query()));
      }
      case LedgerRequest.SummariseSubject about ->
          Future.succeededFuture(
              new LedgerRequest.SubjectSummary(
                  about.subject(),
                  3,
                  0,
                  0,
                  "",
                  "UNKNOWN",
                  new LedgerRequest.Opinion(1_700_000_000, 3, 1_700_000_009)));
      case LedgerRequest.ReadLedgerStats stats ->
          Future.succeededFuture(
              new LedgerRequest.LedgerStats(ledger.size(), Map.of(), 0, 0, 80_000));
      default -> Future.failedFuture("not needed here: " + request);
    };
  }

  private QueryResult page(Query.Page page) {
    Set<String> subjects = page.filter().subjects();
    List<Event> found =
        ledger.stream()
            .filter(event -> event.ts() > page.after())
            .filter(event -> page.filter().services().contains(event.service().wireName()))
            .filter(
                event ->
                    subjects.isEmpty()
                        || subjects.contains(event.actor())
                        || subjects.contains(event.target()))
            .limit(page.size())
            .toList();
    return new QueryResult(
        found, found.size() == page.size() ? Optional.of(found.getLast().ts()) : Optional.empty());
  }

  private Future<? extends BusMessage> onTrust(TrustRequest<?> request) {
    if (!(request instanceof TrustRequest.OfferEvents offerEvents)) {
      return Future.failedFuture("not needed here: " + request);
    }
    int added = 0;
    int rejected = 0;
    int duplicate = 0;
    RawEvents events = offerEvents.events();
    for (int i = 0; i < events.size(); i++) {
      ReadResult result = events.read(i, reader);
      if (result.validationError().isPresent()) {
        rejected++;
      } else if (offered.putIfAbsent(
              ((ParsedEvent) result).event().id().toString(), ((ParsedEvent) result).event().json())
          == null) {
        added++;
      } else {
        duplicate++;
      }
    }
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    return Future.succeededFuture(
        new TrustRequest.OfferResult(
            events.size(), added, duplicate, 0, 0, rejected, verdicts, Set.of()));
  }
}
