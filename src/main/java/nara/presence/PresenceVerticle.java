package nara.presence;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.event.Service;
import nara.identity.Identity;
import nara.presence.PresenceRequest.Announced;
import nara.presence.PresenceRequest.GoodbyeSaid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces this node and says goodbye for it, with or without an MQTT broker.
 *
 * <p>It signs both events and offers them to this node's own ledger. Zines and mesh responses carry
 * them to other naras from there. The MQTT verticle publishes the events that it gets in the reply.
 */
public final class PresenceVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(PresenceVerticle.class);

  /** The node's stop waits this long for its chau event to be merged. */
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);

  private final Identity me;
  private final PresenceConfig config;
  private final Supplier<String> meshAddress;
  private final BooleanSupplier leaves;
  private final Scheduler clock;
  private final InstantSource steady;
  private final Announcer announcer;

  private OwnEventPublisher ownEvents;
  private Future<?> goodbyeMerged = Future.succeededFuture();
  private boolean goodbyeDecided;

  /**
   * Creates the verticle.
   *
   * @param meshAddress the address of this node on the mesh at this moment, or empty
   * @param leaves whether the nara leaves the network when this verticle stops; false when another
   *     cluster member continues it
   */
  public PresenceVerticle(
      Identity me,
      PresenceConfig config,
      Supplier<String> meshAddress,
      BooleanSupplier leaves,
      Scheduler clock) {
    this.me = me;
    this.config = config;
    this.meshAddress = meshAddress;
    this.leaves = leaves;
    this.clock = clock;
    this.steady = clock.steady();
    this.announcer = new Announcer(me, config.announceInterval());
  }

  @Override
  public Future<?> start() {
    Bus bus = Bus.of(vertx);
    ownEvents = new OwnEventPublisher(bus, me, clock);
    bus.serve(PresenceRequest.ADDRESS, PresenceRequest.class, this::onRequest);
    // With a broker, the MQTT verticle announces the node after a random wait: otherwise all nodes
    // would announce themselves at once after a restart of the broker.
    return config.hasBroker() ? Future.succeededFuture() : announce();
  }

  @Override
  public Future<?> stop() {
    sayGoodbye();
    return goodbyeMerged;
  }

  private Future<? extends BusMessage> onRequest(PresenceRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case PresenceRequest.Announce announce -> {
            announce();
            yield new Announced(announcer.heyThere());
          }
          case PresenceRequest.SayGoodbye goodbye -> {
            sayGoodbye();
            yield new GoodbyeSaid(announcer.chau());
          }
        });
  }

  private Future<?> announce() {
    if (config.readOnly()
        || !announcer.announce(clock.instant(), steady.instant(), meshAddress.get())) {
      return Future.succeededFuture();
    }
    return ownEvents
        .publish(Service.HEY_THERE, announcer.heyThere())
        .onFailure(failure -> LOG.debug("Failed to merge the hey_there event", failure))
        .otherwiseEmpty();
  }

  private void sayGoodbye() {
    // One decision: the chau goes to the plaza and to the ledger, or to neither.
    if (goodbyeDecided) {
      return;
    }
    goodbyeDecided = true;
    Optional<String> silence = reasonForSilence();
    if (silence.isPresent()) {
      LOG.info("Leaving without a goodbye; reason={}", silence.get());
    } else {
      LOG.info("Saying goodbye to the network");
      goodbyeMerged =
          ownEvents
              .publish(Service.CHAU, announcer.chau())
              .timeout(GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .onFailure(
                  failure ->
                      LOG.atLevel(BusFailure.logLevel(failure))
                          .log(
                              "Failed to merge the chau; stopping without it; reason={}",
                              failure instanceof TimeoutException
                                  ? "the ledger has not merged it in time"
                                  : failure.getMessage()))
              .otherwiseEmpty();
    }
  }

  /** Why the node says no goodbye; empty when the announcer has made one. */
  private Optional<String> reasonForSilence() {
    if (config.readOnly()) {
      return Optional.of("the node is read-only");
    }
    if (!leaves.getAsBoolean()) {
      return Optional.of("another member of the cluster stays");
    }
    return announcer.sayGoodbye(clock.instant())
        ? Optional.empty()
        : Optional.of("the node has not announced itself");
  }
}
