package nara.presence;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Service;
import nara.node.Blocking;
import nara.presence.PresenceRequest.Announce;
import nara.presence.PresenceRequest.SayGoodbye;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PresenceVerticleTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final OfferResult MERGED = new OfferResult(1, 1, 0, 0, 0, 0, Map.of(), Set.of());

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final ManualScheduler time = ManualScheduler.fromNow();
  private final List<Service> offered = new CopyOnWriteArrayList<>();
  private Future<OfferResult> merge = Future.succeededFuture(MERGED);
  private String deployment;
  private MessageConsumer<BusMessage> trust;

  @BeforeEach
  void serveTrust() {
    trust =
        bus.serve(
            TrustRequest.ADDRESS,
            TrustRequest.class,
            request -> {
              offered.add(
                  Citizen.read(((TrustRequest.OfferEvents) request).events().json())
                      .event()
                      .service());
              return merge;
            });
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void node_announces_itself_and_says_goodbye_when_it_has_no_broker() {
    deploy(false, false, true);
    assertThat(offered).containsExactly(Service.HEY_THERE);
    await(vertx.undeploy(deployment));
    assertThat(offered).containsExactly(Service.HEY_THERE, Service.CHAU);
  }

  @Test
  void node_waits_for_a_request_when_it_has_a_broker() {
    deploy(false, true, true);
    assertThat(offered).isEmpty();
    byte[] heyThere = ask(new Announce()).heyThere();
    assertThat(Citizen.read(heyThere).event().service()).isEqualTo(Service.HEY_THERE);
    assertThat(offered).containsExactly(Service.HEY_THERE);
  }

  @Test
  void requests_in_a_row_get_one_announcement() {
    deploy(false, true, true);
    byte[] first = ask(new Announce()).heyThere();
    for (int i = 0; i < 10; i++) {
      assertThat(ask(new Announce()).heyThere()).isEqualTo(first);
    }
    assertThat(offered).hasSize(1);
    time.advance(Duration.ofMinutes(1));
    assertThat(ask(new Announce()).heyThere()).isNotEqualTo(first);
    assertThat(offered).hasSize(2);
  }

  @Test
  void replies_do_not_wait_for_the_merge() {
    Promise<OfferResult> never = Promise.promise();
    merge = never.future();
    deploy(false, true, true);
    assertThat(ask(new Announce()).heyThere()).isNotEmpty();
    assertThat(ask(new SayGoodbye()).chau()).isNotEmpty();
    never.complete(MERGED);
  }

  @Test
  void goodbye_is_said_once_and_ends_the_announcements() {
    deploy(false, true, true);
    byte[] chau = ask(new SayGoodbye()).chau();
    assertThat(ask(new SayGoodbye()).chau()).isEqualTo(chau);
    assertThat(ask(new Announce()).heyThere()).isEmpty();
    await(vertx.undeploy(deployment));
    assertThat(offered).containsExactly(Service.CHAU);
  }

  @Test
  void read_only_node_signs_nothing() {
    deploy(true, false, true);
    assertThat(ask(new Announce()).heyThere()).isEmpty();
    assertThat(ask(new SayGoodbye()).chau()).isEmpty();
    await(vertx.undeploy(deployment));
    assertThat(offered).isEmpty();
  }

  @Test
  void node_says_no_goodbye_when_another_member_continues_the_nara() {
    deploy(false, true, false);
    assertThat(ask(new SayGoodbye()).chau()).isEmpty();
    assertThat(ask(new Announce()).heyThere()).isNotEmpty();
    await(vertx.undeploy(deployment));
    assertThat(offered).containsExactly(Service.HEY_THERE);
  }

  @Test
  void goodbye_that_finds_the_ledger_stopped_already_is_no_warning() {
    Logger logger = (Logger) LoggerFactory.getLogger(PresenceVerticle.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      deploy(false, false, true);
      await(trust.unregister());
      await(vertx.undeploy(deployment));
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
  }

  @Test
  void goodbye_that_is_not_merged_in_time_is_told_without_names_of_classes() {
    Logger logger = (Logger) LoggerFactory.getLogger(PresenceVerticle.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      deploy(false, false, true);
      merge = Promise.<OfferResult>promise().future();
      await(vertx.undeploy(deployment));
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.endsWith("reason=the ledger has not merged it in time"))
        .noneMatch(line -> line.contains("Exception"));
  }

  private void deploy(boolean readOnly, boolean hasBroker, boolean leaves) {
    PresenceConfig config = new PresenceConfig(readOnly, hasBroker, Duration.ofSeconds(5));
    deployment =
        await(
            vertx.deployVerticle(
                new PresenceVerticle(
                    Citizen.named("lisa").identity(), config, () -> "h:1", () -> leaves, time)));
  }

  private <R extends BusMessage> R ask(PresenceRequest<R> request) {
    return await(bus.request(PresenceRequest.ADDRESS, request, TIMEOUT));
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
