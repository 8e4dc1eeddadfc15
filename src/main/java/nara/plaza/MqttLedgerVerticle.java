package nara.plaza;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Time;
import nara.emit.OwnEvent;
import nara.emit.OwnEvents;
import nara.event.JsonSpans.Span;
import nara.event.Service;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.plaza.Heard.Reason;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.plaza.PlazaRequest.PlazaState;
import nara.plaza.PlazaRequest.Said;
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

  /** Announcements because a stranger was heard: anybody can be a stranger as often as he likes. */
  private static final Duration BETWEEN_STRANGERS = Duration.ofMinutes(1);

  private final Identity me;
  private final Keyring keys;
  private final PlazaConfig config;
  private final Profile profile;
  private final Supplier<String> meshAddress;
  private final Verifier verifier;
  private final Time time;
  private final RandomGenerator random;

  private final FirstKeys firstKeys;
  private final Tallies tallies = new Tallies();
  private final Company company;
  private BooleanSupplier leaves = () -> true;
  private Bus bus;
  private Voice voice;
  private Ear ear;
  private PlazaConnection connection;
  private Rounds rounds;
  private Answering answering;
  private Howdies howdies;
  private Portrait portrait;
  private Announcing announcing;
  private Newspapers newspapers;
  private Time.Appointment introduction = () -> {};
  private final Allowance strangers = new Allowance(1, 1, BETWEEN_STRANGERS);
  private String lastFailure = "";

  /**
   * A node's part on the plaza.
   *
   * @param me who it is
   * @param keys shared with the node's other verticles; keys that are heard first hand go there
   * @param config without a URL there is no plaza, and announcements only go into the ledger
   * @param meshAddress where the mesh reaches this node now, or empty
   * @param verifier of single messages; called on worker threads
   * @param random jitter only
   */
  public MqttLedgerVerticle(
      Identity me,
      Keyring keys,
      PlazaConfig config,
      Profile profile,
      Supplier<String> meshAddress,
      Verifier verifier,
      Time time,
      RandomGenerator random) {
    this.me = me;
    this.keys = keys;
    this.firstKeys = new FirstKeys(me, keys);
    this.config = config;
    this.profile = profile;
    this.company = new Company(me.name());
    this.meshAddress = meshAddress;
    this.verifier = verifier;
    this.time = time;
    this.random = random;
  }

  /**
   * Says goodbye when it stops only if that is so then: not when another member of a cluster goes
   * on being this nara.
   */
  public MqttLedgerVerticle sayingGoodbyeIf(BooleanSupplier itLeaves) {
    leaves = itLeaves;
    return this;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    voice = new Voice(me);
    portrait = new Portrait(me, version(), profile, meshAddress, company, time);
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
              vertx,
              time,
              random,
              connection,
              company,
              voice,
              portrait,
              profile.howdyNeighbours(),
              config.howdyWait());
    }
    announcing =
        new Announcing(time, config, connection, voice, hello -> offer(OwnEvents.SOURCE, hello));
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onRequest);
    bus.hear(OwnEvent.ADDRESS, OwnEvent.class, this::onOwnEvent);
    if (connection == null) {
      // Nobody's broker to be flooded, and the first who asks shall find it.
      return announce();
    }
    if (!config.readOnly() && Topics.fault(me.name()).isEmpty()) {
      String topic = Topics.newspaper(me.name());
      newspapers = new Newspapers(vertx, time, connection, voice, portrait, topic);
    }
    connection.open();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Supplier<Future<Void>> goodbye =
        leaves.getAsBoolean() ? announcing::goodbye : Future::succeededFuture;
    if (connection == null) {
      return goodbye.get();
    }
    introduction.cancel();
    howdies.stop();
    rounds.stop();
    if (newspapers != null) {
      newspapers.pause();
    }
    return goodbye.get().compose(said -> connection.close());
  }

  private Future<? extends BusMessage> onRequest(PlazaRequest<?> request) {
    return switch (request) {
      case PlazaRequest.State state -> Future.succeededFuture(state());
      case PlazaRequest.Counts counts -> Future.succeededFuture(tallies.counts());
      case PlazaRequest.Announce announce -> announce().map(Done.DONE);
      case PlazaRequest.LittleMemory little ->
          Future.succeededFuture(new PlazaRequest.Names(company.littleMemory()));
      case AskLedgers ask -> onAskLedgers(ask);
      case PlazaRequest.Say say -> onSay(say.word());
    };
  }

  private Future<Said> onSay(CheckpointWord word) {
    if (connection == null || config.readOnly()) {
      String why = connection == null ? "no broker is configured" : "read-only: nothing is said";
      return Future.succeededFuture(new Said(why));
    }
    return connection
        .publishSurely(Topics.of(word), word.json())
        .map(new Said(""))
        .otherwise(failure -> new Said(String.valueOf(failure.getMessage())));
  }

  /** What this node says itself and has a topic of its own is published; a lost one is in zines. */
  private void onOwnEvent(OwnEvent event) {
    switch (event) {
      case OwnEvent.Made made -> {
        boolean spoken = connection != null && !config.readOnly() && connection.connected();
        if (spoken && made.service() == Service.SOCIAL) {
          connection
              .publish(Topics.SOCIAL, made.json())
              .onFailure(failure -> LOG.debug("Not published: {}", failure.getMessage()));
        }
      }
    }
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
        Duration wait = Duration.ofMillis(upTo(config.announceJitter()));
        introduction.cancel();
        introduction = time.after(vertx, wait, () -> introduce());
      }
      rounds.connected();
    }

    @Override
    public void onLost() {
      rounds.lost();
      if (newspapers != null) {
        newspapers.pause();
      }
    }

    @Override
    public Future<?> onMessage(String topic, byte[] payload) {
      return vertx
          .executeBlocking(() -> ear.hear(topic, payload))
          .compose(message -> onHeard(message))
          .onFailure(failure -> onNotServed(failure));
    }

    @Override
    public void onOversized() {
      ignored(Reason.TOO_LARGE);
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
      case Heard.AboutCheckpoint about -> {
        count("checkpoint");
        yield bus.ask(CheckpointWord.ADDRESS, about.word(), OFFER_TIMEOUT);
      }
      case Heard.Ignored reason -> ignored(reason.reason());
    };
  }

  private Future<?> onHello(Heard.Hello hello) {
    if (!firstKeys.mayBe(hello.name(), hello.key())) {
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
        portrait.heard(1);
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
    if (!firstKeys.mayBe(goodbye.name(), goodbye.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    if (!company.goodbye(goodbye, time.instant())) {
      ignored(Reason.STALE);
    } else {
      count("goodbye");
      if (!goodbye.name().equals(me.name())) {
        portrait.heard(2);
        bus.tell(Presence.ADDRESS, new Presence.Left(goodbye.name()));
      }
    }
    return offer(goodbye.name(), goodbye.json());
  }

  private Future<?> onHowdy(Heard.Howdy howdy) {
    HowdyMessage message = howdy.message();
    Status status = message.status();
    if (!firstKeys.mayBe(message.from(), howdy.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    if (message.from().equals(me.name())) {
      company.howdyTo(message.to());
      return Future.succeededFuture();
    }
    keys.learn(message.from(), status.id(), howdy.key(), Origin.HOWDY);
    company.howdyTo(message.to());
    company.told(message.from(), howdy.key(), status, time.instant());
    spoke(message.from(), status, howdy.key());
    if (message.to().equals(me.name())) {
      bus.tell(
          Presence.ADDRESS, new Presence.Remembers(message.from(), status.uptime(), message.you()));
    }
    for (HowdyMessage.Acquaintance other : message.neighbours()) {
      onHearsay(other);
    }
    portrait.heard(1);
    count("howdy");
    return Future.succeededFuture();
  }

  /** A neighbour's neighbour: its key is learned only where none is known. */
  private void onHearsay(HowdyMessage.Acquaintance other) {
    if (other.name().equals(me.name()) || Topics.fault(other.name()).isPresent()) {
      return;
    }
    Optional<PublicKey> key = PublicKey.parse(other.publicKey());
    key.ifPresent(told -> keys.learn(other.name(), other.id(), told, Origin.HEARSAY));
    if (key.isEmpty() || firstKeys.mayBe(other.name(), key.get())) {
      tell(other.name(), other.id(), other.meshIp(), key, false);
    }
  }

  private Future<?> onNews(Heard.News news) {
    String from = news.paper().from();
    Status status = news.paper().status();
    if (!firstKeys.mayBe(from, news.key())) {
      return ignored(Reason.OTHER_KEY);
    }
    count("news");
    if (from.equals(me.name())) {
      return Future.succeededFuture();
    }
    boolean stranger = !company.knows(from);
    keys.learn(from, status.id(), news.key(), Origin.NEWSPAPER);
    company.told(from, news.key(), status, time.instant());
    spoke(from, status, news.key());
    // Who is not known here may not know this node either.
    return stranger && strangers.take(from, time.instant()) ? announce() : Future.succeededFuture();
  }

  private void introduce() {
    announce();
    if (newspapers != null) {
      newspapers.begin();
    }
  }

  private Future<Void> announce() {
    portrait.heard(2);
    return announcing.announce(meshAddress.get());
  }

  private Future<?> offer(String source, byte[] event) {
    return bus.ask(
        TrustRequest.ADDRESS,
        new TrustRequest.Offer(source, event, List.of(new Span(0, event.length))),
        OFFER_TIMEOUT);
  }

  private void spoke(String name, Status status, PublicKey key) {
    tell(name, status.id(), status.meshIp(), Optional.of(key), true);
    bus.tell(Presence.ADDRESS, new Presence.Spoke(name));
  }

  private void tell(
      String name, String id, String address, Optional<PublicKey> key, boolean firstHand) {
    bus.tell(Presence.ADDRESS, new Presence.Present(name, id, address, key, firstHand));
  }

  private Future<?> countedUnlessRefused(String kind, Future<?> dealtWith, Reason refusal) {
    if (dealtWith == null) {
      return ignored(refusal);
    }
    count(kind);
    return dealtWith;
  }

  private void count(String kind) {
    tallies.heard(kind);
  }

  private Future<?> ignored(Reason reason) {
    tallies.ignored(reason);
    return Future.succeededFuture();
  }

  private PlazaState state() {
    return connection == null
        ? new PlazaState(false, false, "no broker is configured")
        : new PlazaState(true, connection.connected(), connection.trouble());
  }

  private long upTo(Duration most) {
    return 1 + random.nextLong(Math.max(1, most.toMillis()));
  }

  private static String version() {
    String packaged = MqttLedgerVerticle.class.getPackage().getImplementationVersion();
    return packaged == null ? "nara-vertx" : "nara-vertx " + packaged;
  }
}
