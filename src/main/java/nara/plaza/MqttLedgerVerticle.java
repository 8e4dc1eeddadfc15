package nara.plaza;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Time;
import nara.event.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.plaza.Heard.Reason;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.plaza.PlazaRequest.PlazaCounts;
import nara.plaza.PlazaRequest.PlazaState;
import nara.trust.TrustRequest;
import nara.trust.Verifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node on the plaza: announces it, hears and answers others, asks ledgers and serves its own.
 *
 * <p>Served at {@link PlazaRequest#ADDRESS}; tells {@link Presence}. A read-only node hears only.
 */
public final class MqttLedgerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MqttLedgerVerticle.class);

  /** For judging and merging one event. */
  private static final Duration OFFER_TIMEOUT = Duration.ofSeconds(30);

  /** How long a goodbye may take to be written. */
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);

  private final Identity me;
  private final Keyring keys;
  private final PlazaConfig config;
  private final Supplier<String> meshAddress;
  private final Verifier verifier;
  private final Time time;
  private final RandomGenerator random;

  private final Map<Reason, Long> ignored = new EnumMap<>(Reason.class);
  private final Map<String, Long> heard = new TreeMap<>();
  private final Company company;
  private Bus bus;
  private Voice voice;
  private Ear ear;
  private PlazaConnection connection;
  private Rounds rounds;
  private Answering answering;
  private Howdies howdies;
  private Instant lastAnnounced = Instant.MIN;
  private boolean namesakeKnown;
  private String lastFailure = "";

  /**
   * A node's part on the plaza.
   *
   * @param me who it is
   * @param keys shared with the node's other verticles; keys that are heard first hand go there
   * @param meshAddress where the mesh reaches this node now, or empty
   * @param verifier of single messages; called on worker threads
   * @param random jitter only
   */
  public MqttLedgerVerticle(
      Identity me,
      Keyring keys,
      PlazaConfig config,
      Supplier<String> meshAddress,
      Verifier verifier,
      Time time,
      RandomGenerator random) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.company = new Company(me.name());
    this.meshAddress = meshAddress;
    this.verifier = verifier;
    this.time = time;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    voice = new Voice(me, version());
    ear = new Ear(me.name(), keys, verifier, config.maxMessageBytes());
    if (!config.url().isEmpty()) {
      List<String> filters = Topics.heardBy(me.name(), config.readOnly());
      connection = new PlazaConnection(vertx, config, filters, random, new OnPlaza());
      Duration comingBack = config.reconnectMax().plus(config.announceJitter());
      rounds = new Rounds(vertx, bus, time, me.name(), connection, comingBack);
      int mostAnswer = PlazaConnection.mostPayload(config);
      answering = new Answering(vertx, bus, time, me.name(), connection, mostAnswer);
      howdies =
          new Howdies(
              vertx, time, random, connection, company, voice, meshAddress, config.howdyWait());
      connection.open();
    }
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (connection == null) {
      return Future.succeededFuture();
    }
    rounds.stop();
    Future<Void> goodbye =
        config.readOnly() || !connection.connected()
            ? Future.succeededFuture()
            : connection
                .publish(Topics.CHAU, voice.chau(nanos(time.instant())))
                .timeout(GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    return goodbye
        .onFailure(failure -> LOG.warn("The goodbye was not sent: {}", failure.getMessage()))
        .transform(said -> connection.close());
  }

  private Future<? extends BusMessage> onRequest(PlazaRequest<?> request) {
    return switch (request) {
      case PlazaRequest.State state -> Future.succeededFuture(state());
      case PlazaRequest.Counts counts -> Future.succeededFuture(counts());
      case PlazaRequest.Announce announce -> announce().map(Done.DONE);
      case AskLedgers ask -> onAskLedgers(ask);
    };
  }

  private Future<LedgersAnswered> onAskLedgers(AskLedgers ask) {
    Optional<String> fault = Topics.fault(me.name());
    String trouble =
        connection == null
            ? "no broker is configured"
            : config.readOnly() ? "read-only: nobody is asked" : fault.orElse("");
    if (trouble.isEmpty()) {
      return rounds.ask(ask);
    }
    Set<String> silent = Set.copyOf(ask.subjectsByNeighbour().keySet());
    return Future.succeededFuture(new LedgersAnswered(List.of(), silent, trouble));
  }

  /** What the connection reports, on the verticle's context. */
  private final class OnPlaza implements PlazaConnection.Listener {
    @Override
    public void onConnected() {
      if (!config.readOnly()) {
        time.after(vertx, Duration.ofMillis(upTo(config.announceJitter())), () -> announce());
      }
      rounds.connected();
    }

    @Override
    public void onLost() {
      rounds.lost();
    }

    @Override
    public Future<?> onMessage(String topic, byte[] payload) {
      return vertx
          .executeBlocking(() -> ear.hear(topic, payload))
          .compose(message -> onHeard(message))
          .onFailure(failure -> onNotServed(failure));
    }
  }

  /** A line when the trouble is another one than last time; the rest is counted. */
  private void onNotServed(Throwable failure) {
    ignored(Reason.NOT_SERVED);
    String why = String.valueOf(failure.getMessage());
    if (!why.equals(lastFailure)) {
      lastFailure = why;
      LOG.warn("A message was heard in vain: {}", lastFailure);
    }
  }

  private Future<?> onHeard(Heard message) {
    return switch (message) {
      case Heard.Hello hello -> onHello(hello);
      case Heard.Goodbye goodbye -> onGoodbye(goodbye);
      case Heard.Howdy howdy -> onHowdy(howdy);
      case Heard.News news -> onNews(news);
      case Heard.Gossip gossip -> {
        count("gossip");
        yield offer("plaza", gossip.json());
      }
      case Heard.Question question ->
          countedUnlessRefused("question", answering.answer(question.question()), Reason.TOO_OFTEN);
      case Heard.Answer answer ->
          countedUnlessRefused("answer", rounds.answered(answer), Reason.NOT_ASKED);
      case Heard.Ignored reason -> ignored(reason.reason());
    };
  }

  private Future<?> onHello(Heard.Hello hello) {
    if (!mayBe(hello.name(), hello.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    boolean mine = hello.name().equals(me.name());
    if (!mine) {
      keys.learn(hello.name(), hello.id(), hello.key(), Origin.HEY_THERE);
    }
    if (!company.hello(hello, time.instant())) {
      ignored(Reason.STALE);
    } else {
      count("hello");
      if (!mine) {
        tell(hello.name(), hello.id(), hello.address(), Optional.of(hello.key()), true);
        onAnnounced(hello.name());
      }
    }
    return offer(hello.name(), hello.json());
  }

  private void onAnnounced(String name) {
    rounds.announced(name);
    if (!config.readOnly()) {
      howdies.announced(name);
    }
  }

  private Future<?> onGoodbye(Heard.Goodbye goodbye) {
    if (!mayBe(goodbye.name(), goodbye.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    if (!company.goodbye(goodbye, time.instant())) {
      ignored(Reason.STALE);
    } else {
      count("goodbye");
      if (!goodbye.name().equals(me.name())) {
        bus.tell(Presence.ADDRESS, new Presence.Left(goodbye.name()));
      }
    }
    return offer(goodbye.name(), goodbye.json());
  }

  private Future<?> onHowdy(Heard.Howdy howdy) {
    HowdyMessage message = howdy.message();
    Status status = message.status();
    if (!mayBe(message.from(), howdy.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    if (message.from().equals(me.name())) {
      company.howdyTo(message.to());
      return Future.succeededFuture();
    }
    keys.learn(message.from(), status.id(), howdy.key(), Origin.HOWDY);
    company.howdyTo(message.to());
    company.told(message.from(), howdy.key(), status, time.instant());
    tell(message.from(), status.id(), status.meshIp(), Optional.of(howdy.key()), true);
    for (HowdyMessage.Acquaintance other : message.neighbours()) {
      onHearsay(other);
    }
    count("howdy");
    return Future.succeededFuture();
  }

  /** A neighbour's neighbour: its key is learned only where none is known. */
  private void onHearsay(HowdyMessage.Acquaintance other) {
    if (other.name().equals(me.name()) || Topics.fault(other.name()).isPresent()) {
      return;
    }
    Optional<PublicKey> key = PublicKey.parse(other.publicKey());
    key.ifPresent(told -> keys.learn(other.name(), other.id(), told, Origin.HOWDY));
    if (key.isEmpty() || mayBe(other.name(), key.get())) {
      tell(other.name(), other.id(), other.meshIp(), key, false);
    }
  }

  private Future<?> onNews(Heard.News news) {
    if (!news.paper().from().equals(me.name())) {
      Status status = news.paper().status();
      company.told(news.paper().from(), news.key(), status, time.instant());
      tell(news.paper().from(), status.id(), status.meshIp(), Optional.of(news.key()), true);
    }
    count("news");
    return Future.succeededFuture();
  }

  private Future<Void> announce() {
    Instant now = time.instant();
    boolean tooSoon =
        !lastAnnounced.equals(Instant.MIN)
            && now.isBefore(lastAnnounced.plus(config.announceEvery()));
    if (connection == null || config.readOnly() || !connection.connected() || tooSoon) {
      return Future.succeededFuture();
    }
    lastAnnounced = now;
    return connection
        .publish(Topics.HEY_THERE, voice.heyThere(nanos(now), meshAddress.get()))
        .onFailure(failure -> LOG.debug("Not announced: {}", failure.getMessage()))
        .otherwiseEmpty();
  }

  private Future<?> offer(String source, byte[] event) {
    return bus.ask(
        TrustRequest.ADDRESS,
        new TrustRequest.Offer(source, event, List.of(new Span(0, event.length))),
        OFFER_TIMEOUT);
  }

  private void tell(
      String name, String id, String address, Optional<PublicKey> key, boolean firstHand) {
    bus.tell(Presence.ADDRESS, new Presence.Present(name, id, address, key, firstHand));
  }

  /** Whether a name may have this key: it is the known one, or none is known. */
  private boolean mayBe(String name, PublicKey key) {
    if (name.equals(me.name())) {
      return isMine(key);
    }
    return keys.byName(name).filter(known -> !known.equals(key)).isEmpty();
  }

  /** Whether a message in this node's name is this node's; if not, the operator should know. */
  private boolean isMine(PublicKey key) {
    boolean mine = key.equals(me.keys().publicKey());
    if (!mine && !namesakeKnown) {
      namesakeKnown = true;
      LOG.warn("Somebody else on the plaza is called {} too, with the key {}", me.name(), key);
    }
    return mine;
  }

  private Future<?> countedUnlessRefused(String kind, Future<?> dealtWith, Reason refusal) {
    if (dealtWith == null) {
      return ignored(refusal);
    }
    count(kind);
    return dealtWith;
  }

  private void count(String kind) {
    heard.merge(kind, 1L, Long::sum);
  }

  private Future<?> ignored(Reason reason) {
    ignored.merge(reason, 1L, Long::sum);
    return Future.succeededFuture();
  }

  private PlazaState state() {
    return connection == null
        ? new PlazaState(false, false, "no broker is configured")
        : new PlazaState(true, connection.connected(), connection.trouble());
  }

  private PlazaCounts counts() {
    Map<String, Long> reasons = new TreeMap<>();
    ignored.forEach((reason, count) -> reasons.put(reason.label(), count));
    return new PlazaCounts(Map.copyOf(heard), reasons);
  }

  private long upTo(Duration most) {
    return 1 + random.nextLong(Math.max(1, most.toMillis()));
  }

  private static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  private static String version() {
    String packaged = MqttLedgerVerticle.class.getPackage().getImplementationVersion();
    return packaged == null ? "nara-vertx" : "nara-vertx " + packaged;
  }
}
