package nara.journey;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import nara.bounds.RateLimiter;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.clock.NetworkClock;
import nara.event.Social;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.journey.HopSignatures.ChainResult;
import nara.journey.JourneyRequest.JourneyCounts;
import nara.journey.JourneyRequest.NotStarted;
import nara.journey.JourneyRequest.OwnJourneys;
import nara.journey.JourneyRequest.StartOutcome;
import nara.journey.JourneyRequest.Started;
import nara.journey.RouteClient.SendResult;
import nara.mesh.RelayRequest;
import nara.mesh.RelayRequest.RelayJourney;
import nara.mesh.RelayRequest.RelayOutcome;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.JourneyMessage;
import nara.presence.OwnEventPublisher;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on the journeys of others and starts own ones.
 *
 * <p>A journey of another nara is verified, signed and noted as pending; then its sender gets its
 * answer, and the journey goes on. {@link RelayRules}, {@link HopSignatures} and {@link
 * OpenJourneys} decide; this class carries it out.
 */
public final class JourneyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(JourneyVerticle.class);

  // Reasons of the social events, and names of the counters.
  private static final String PASS = "journey-pass";
  private static final String COMPLETE = "journey-complete";
  private static final String TIMEOUT = "journey-timeout";

  private static final Refusal TOO_OFTEN =
      new Refusal(429, "too many journeys: send it later", "too_often");

  private final Identity me;
  private final Keyring keys;
  private final JourneyConfig config;
  private final SignatureVerifier verifier;
  private final Scheduler scheduler;
  private final NetworkClock networkClock;

  private final OpenJourneys open = new OpenJourneys();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final RateLimiter senderLimit;
  private final RateLimiter totalLimit;
  private final RateLimiter startLimit;
  private Bus bus;
  private HopKeyClient keyClient;
  private RouteClient routeClient;
  private OwnEventPublisher publisher;
  private Scheduler.TimerHandle timeoutCheck = () -> {};
  private int completionsInFlight;

  /**
   * The journeys of one node.
   *
   * @param verifier is called on worker threads
   * @param networkClock for the times that others state
   */
  public JourneyVerticle(
      Identity me,
      Keyring keys,
      JourneyConfig config,
      SignatureVerifier verifier,
      Scheduler scheduler,
      NetworkClock networkClock) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.verifier = verifier;
    this.scheduler = scheduler;
    this.networkClock = networkClock;
    this.senderLimit = perMinute(JourneyLimits.PER_MINUTE_AND_SENDER);
    this.totalLimit = perMinute(JourneyLimits.PER_MINUTE);
    this.startLimit = perMinute(JourneyLimits.STARTS_PER_MINUTE);
  }

  private RateLimiter perMinute(int journeys) {
    return RateLimiter.per(Duration.ofMinutes(1), journeys, scheduler.steady());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    keyClient = new HopKeyClient(bus, scheduler);
    routeClient = new RouteClient(bus, me.name(), scheduler);
    publisher = new OwnEventPublisher(bus, me, scheduler);
    bus.serve(JourneyRequest.ADDRESS, JourneyRequest.class, this::onRequest);
    bus.serve(RelayRequest.ADDRESS, RelayRequest.class, this::onRelayRequest);
    bus.serve(JourneyMessage.ADDRESS, JourneyMessage.class, this::onPlazaMessage);
    scheduleTimeoutCheck();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    timeoutCheck.cancel();
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(JourneyRequest<?> request) {
    return switch (request) {
      case JourneyRequest.StartJourney start -> onStart(start.message());
      case JourneyRequest.ListOwnJourneys list ->
          Future.succeededFuture(new OwnJourneys(open.own()));
      case JourneyRequest.GetJourneyCounts get ->
          Future.succeededFuture(
              new JourneyCounts(open.pending(), new TreeMap<>(counts), new TreeMap<>(refused)));
    };
  }

  private Future<? extends BusMessage> onRelayRequest(RelayRequest<?> request) {
    return switch (request) {
      case RelayJourney relay ->
          onRelay(relay)
              .map(
                  refusal ->
                      refusal
                          .map(why -> new RelayOutcome(why.status(), why.text()))
                          .orElseGet(() -> new RelayOutcome(200, "")));
    };
  }

  private Future<Done> onPlazaMessage(JourneyMessage message) {
    switch (message) {
      case JourneyMessage.JourneyCompleted completed -> onCompletion(completed.json());
    }
    // The plaza does not wait until keys are looked up.
    return Future.succeededFuture(Done.DONE);
  }

  // Own journeys.

  private Future<StartOutcome> onStart(String message) {
    if (config.disabledReason().isPresent()) {
      return notStarted(503, "World journey not initialized: " + config.disabledReason().get());
    }
    if (message.isEmpty()) {
      return notStarted(400, "Message is required");
    }
    if (message.length() > JourneyLimits.MAX_MESSAGE_LENGTH) {
      return notStarted(
          400,
          "Message is too long: at most %,d characters"
              .formatted(JourneyLimits.MAX_MESSAGE_LENGTH));
    }
    if (!startLimit.tryAcquire("")) {
      return notStarted(
          429, "at most %d journeys a minute".formatted(JourneyLimits.STARTS_PER_MINUTE));
    }
    Journey journey = Journey.begin(message, me.name(), scheduler.instant());
    open.start(journey, scheduler.instant());
    return routeClient
        .send(journey, () -> true)
        .compose(
            result ->
                switch (result) {
                  case SendResult.Taken taken -> started(journey);
                  // It may be back although its first nara did not answer in time.
                  case SendResult.Stuck stuck ->
                      open.cancel(journey) ? notStarted(500, stuck.reason()) : started(journey);
                });
  }

  private Future<StartOutcome> started(Journey journey) {
    count("started");
    return Future.succeededFuture(new Started(journey));
  }

  private static Future<StartOutcome> notStarted(int status, String reason) {
    return Future.succeededFuture(new NotStarted(status, reason));
  }

  // Journeys that arrive.

  /** Takes the journey, or returns why not. */
  private Future<Optional<Refusal>> onRelay(RelayJourney relay) {
    if (config.disabledReason().isPresent()) {
      return refuse(
          new Refusal(
              503, "World journey not initialized: " + config.disabledReason().get(), "disabled"));
    }
    if (relay.json().length > JourneyLimits.MAX_BYTES) {
      return refuse(new Refusal(413, "the journey is too large", "too_large"));
    }
    if (!senderLimit.tryAcquire(limitKey(relay.sender()))) {
      return refuse(TOO_OFTEN);
    }
    return vertx
        .executeBlocking(() -> read(relay.json()), false)
        .compose(
            journey ->
                journey.isEmpty()
                    ? refuse(Refusal.badRequest("unreadable", "Invalid JSON"))
                    : onJourney(relay.sender(), journey.get()));
  }

  /** All names that are known from one host alone share the limits of one sender. */
  private String limitKey(String sender) {
    String onlyHost = keys.onlyHost(sender);
    return onlyHost.isEmpty() ? "name " + sender : "host " + onlyHost;
  }

  /** Only journeys that are valid use up the room that senders share. */
  private Optional<Refusal> checkTotal(String sender) {
    return totalLimit.tryAcquire(keys.standing(sender).name())
        ? Optional.empty()
        : Optional.of(TOO_OFTEN);
  }

  private static Optional<Journey> read(byte[] json) {
    try {
      return Optional.of(Journey.read(json));
    } catch (MalformedJsonException malformed) {
      return Optional.empty();
    }
  }

  private Future<Optional<Refusal>> onJourney(String sender, Journey journey) {
    boolean mine = journey.originator().equals(me.name());
    Optional<Refusal> early =
        RelayRules.checkForm(journey, me.name()).or(() -> open.check(journey, mine));
    if (early.isPresent()) {
      return refuse(early.get());
    }
    Optional<Refusal> wrongSender = RelayRules.checkSender(journey, sender);
    // No neighbour is asked for keys for a sender that may not send the journey.
    return verify(journey, wrongSender.isEmpty() ? Optional.of(limitKey(sender)) : Optional.empty())
        .compose(
            broken -> {
              Optional<Refusal> late =
                  broken
                      .or(() -> wrongSender)
                      .or(() -> RelayRules.checkTimes(journey, timeFor(journey)))
                      // The same journey may have come twice at once.
                      .or(() -> open.check(journey, mine))
                      .or(() -> checkTotal(sender));
              if (late.isPresent()) {
                return refuse(late.get());
              }
              take(journey, mine);
              return Future.succeededFuture(Optional.empty());
            });
  }

  private Instant timeFor(Journey journey) {
    long seconds = journey.hops().stream().mapToLong(Hop::timestamp).findFirst().orElse(0);
    return networkClock.nearestTo(TimeUnit.SECONDS.toNanos(seconds));
  }

  private Future<Optional<Refusal>> refuse(Refusal refusal) {
    refused.merge(refusal.kind(), 1L, Long::sum);
    return Future.succeededFuture(Optional.of(refusal));
  }

  /**
   * Verifies the hops, and returns what is wrong with them.
   *
   * @param asker whose share of the lookups unknown keys cost; empty to look up none
   */
  private Future<Optional<Refusal>> verify(Journey journey, Optional<String> asker) {
    return verifyChain(journey)
        .compose(
            result ->
                asker.isPresent() && result instanceof ChainResult.KeysMissing missing
                    ? keyClient
                        .lookUp(missing.names(), asker.get())
                        .compose(learned -> verifyChain(journey))
                    : Future.succeededFuture(result))
        .map(
            result ->
                switch (result) {
                  case ChainResult.Verified verified -> Optional.empty();
                  case ChainResult.Broken broken ->
                      Optional.of(Refusal.brokenChain(broken.reason()));
                  case ChainResult.KeysMissing missing ->
                      Optional.of(Refusal.brokenChain(unknownKey(missing.names())));
                });
  }

  private Future<ChainResult> verifyChain(Journey journey) {
    return vertx.executeBlocking(() -> HopSignatures.verify(journey, this::keyOf, verifier), false);
  }

  private static String unknownKey(Set<String> names) {
    return "unknown public key for " + SafeText.excerpt(names.iterator().next());
  }

  private Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }

  private void take(Journey journey, boolean mine) {
    Journey signed = HopSignatures.sign(journey, me, scheduler.instant().getEpochSecond());
    if (mine) {
      complete(signed);
    } else {
      open.pass(signed, scheduler.instant());
      publish(PASS, signed.originator());
      forward(signed);
    }
  }

  private void forward(Journey journey) {
    routeClient
        .send(journey, () -> open.isPassing(journey))
        .onSuccess(
            result -> {
              switch (result) {
                case SendResult.Taken taken -> {
                  count("forwarded");
                  if (taken.refusals() > 0) {
                    count("routed_round");
                  }
                }
                case SendResult.Stuck stuck -> {
                  count("stuck");
                  LOG.debug(
                      "A journey is stuck here; originator={} reason={}",
                      SafeText.excerpt(journey.originator()),
                      stuck.reason());
                }
              }
            });
  }

  private void complete(Journey journey) {
    open.complete(journey);
    publish(COMPLETE, me.name());
    LOG.info("A journey is back; hops={}", journey.hops().size());
    if (config.usesPlaza()) {
      byte[] json = new JourneyCompletion(journey, me.name()).json();
      bus.request(
              PlazaRequest.ADDRESS,
              new PlazaRequest.PublishJourneyMessage(new JourneyMessage.JourneyCompleted(json)),
              Timeouts.PUBLISH)
          .onSuccess(
              published -> {
                if (!published.error().isEmpty()) {
                  LOG.debug("The completion was not published; reason={}", published.error());
                }
              })
          .onFailure(failure -> LOG.debug("Not published: {}", failure.getMessage()));
    }
  }

  // Journeys that end elsewhere.

  private void onCompletion(byte[] json) {
    if (config.disabledReason().isPresent()
        || json.length > JourneyLimits.MAX_BYTES
        || completionsInFlight >= JourneyLimits.COMPLETIONS_IN_FLIGHT) {
      return;
    }
    completionsInFlight++;
    vertx
        .executeBlocking(() -> readCompletion(json), false)
        .compose(journey -> journey.map(this::onCompletion).orElseGet(Future::succeededFuture))
        .onFailure(failure -> LOG.debug("A completion failed: {}", failure.getMessage()))
        .onComplete(done -> completionsInFlight--);
  }

  private static Optional<Journey> readCompletion(byte[] json) {
    try {
      return Optional.of(JourneyCompletion.read(json).journey());
    } catch (MalformedJsonException malformed) {
      return Optional.empty();
    }
  }

  /** Anybody can publish this; it counts when the originator's signature is last and valid. */
  private Future<Void> onCompletion(Journey journey) {
    if (!journey.isComplete() || !open.isPassing(journey)) {
      return Future.succeededFuture();
    }
    return verify(journey, Optional.of("plaza"))
        .onSuccess(
            broken -> {
              if (broken.isPresent()) {
                count("false_completions");
              } else if (open.endPassing(journey)) {
                publish(COMPLETE, journey.originator());
              }
            })
        .mapEmpty();
  }

  private void scheduleTimeoutCheck() {
    timeoutCheck = scheduler.schedule(vertx, JourneyLimits.TIMEOUT_CHECK, this::onTimeoutCheck);
  }

  private void onTimeoutCheck() {
    for (String originator : open.expire(scheduler.instant())) {
      // A node without a broker cannot have heard that the journey is complete.
      if (config.usesPlaza()) {
        publish(TIMEOUT, originator);
      }
    }
    scheduleTimeoutCheck();
  }

  /** Writes what became of a journey; the event names its originator, but not the journey. */
  private void publish(String reason, String originator) {
    count(reason.replace('-', '_'));
    publisher
        .publish(new Social("observation", me.name(), "", originator, "", reason, ""))
        .onFailure(failure -> LOG.debug("Event not merged: {}", failure.getMessage()));
  }

  private void count(String name) {
    counts.merge(name, 1L, Long::sum);
  }
}
