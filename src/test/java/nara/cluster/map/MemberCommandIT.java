package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.cluster.ClusterNotification;
import nara.cluster.ClusterRequest;
import nara.cluster.InProcessCluster;
import nara.cluster.MemberCommandVerticle;
import nara.cluster.MemberProcess;
import nara.cluster.Role;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.recovery.ClusterWorkRequest;
import nara.recovery.ClusterWorkRequest.FetchedByMember;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Commands between two members, in a current term and in an old one. */
class MemberCommandIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final MeshRequest.Peer BART = new MeshRequest.Peer("bart", "127.0.0.1:1");

  private final Logger logger = (Logger) LoggerFactory.getLogger(MemberCommandVerticle.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private final Queue<ClusterNotification> news = new ConcurrentLinkedQueue<>();

  private InProcessCluster members;
  private String deployed;
  private TermTracker tracker;
  private Future<MeshRequest.FetchOutcome> answer =
      Future.succeededFuture(new MeshRequest.FetchFailed(MeshFailure.UNREACHABLE, "a test"));

  private Bus leaderBus;

  @BeforeEach
  void begin() {
    log.start();
    logger.addAppender(log);
    // The leader has no roles, so all of its commands go to the other member.
    members =
        InProcessCluster.join(
            "elephant", List.of(EnumSet.noneOf(Role.class), EnumSet.allOf(Role.class)));
    tracker = members.get(1).terms();
    leaderBus = Bus.of(members.get(0).vertx());
    leaderBus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, news::add);
    Bus.of(members.get(1).vertx())
        .serve(
            MeshRequest.ADDRESS,
            MeshRequest.FetchPage.class,
            page -> {
              fetched.incrementAndGet();
              return answer;
            });
    InProcessCluster.await(members.get(1).vertx().deployVerticle(members.get(1).commandVerticle()));
    deployed =
        InProcessCluster.await(
            members.get(0).vertx().deployVerticle(members.get(0).commandVerticle()));
    InProcessCluster.await(
        leaderBus.request(
            ClusterRequest.TAKE_OVER_ADDRESS, new ClusterRequest.TakeOverLeadership(1), TIMEOUT));
  }

  @AfterEach
  void end() {
    members.close();
    logger.detachAppender(log);
  }

  @Test
  void command_of_an_old_term_is_rejected_and_logged_once() {
    assertThat(InProcessCluster.await(fetch()).member()).isEqualTo("member-1");
    assertThat(fetched).hasValue(1);
    assertThat(tracker.accepted()).containsEntry(1L, 1L);

    tracker.observe(2);
    for (int i = 0; i < 4; i++) {
      assertRefused(fetch());
    }
    assertRefused(
        leaderBus.request(
            ClusterWorkRequest.ADDRESS,
            new ClusterWorkRequest.SearchKeysOnMembers(List.of(BART)),
            TIMEOUT));

    assertThat(fetched).hasValue(1);
    assertThat(tracker.refused()).isEqualTo(5);
    assertThat(tracker.accepted()).containsEntry(1L, 1L);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "Refused commands of a former leader; leader=member-0 term=1 current_term=2");
    assertThat(Set.copyOf(news)).contains(new ClusterNotification.HigherTermSeen(2));
  }

  @Test
  void request_in_flight_ends_when_the_leader_stops() {
    answer = Promise.<MeshRequest.FetchOutcome>promise().future();
    List<Future<FetchedByMember>> inFlight = List.of(fetch(), fetch(), fetch());
    MemberProcess.await("all fetches are in flight", () -> fetched.get() == 3, () -> "" + fetched);

    InProcessCluster.await(members.get(0).vertx().undeploy(deployed));
    for (Future<FetchedByMember> one : inFlight) {
      assertThatThrownBy(() -> InProcessCluster.await(one))
          .matches(failure -> BusFailure.of(failure) == BusFailure.UNAVAILABLE);
    }
    assertThat(fetched).hasValue(3);
    assertThat(log.list).isEmpty();
  }

  private Future<FetchedByMember> fetch() {
    return leaderBus.request(
        ClusterWorkRequest.ADDRESS,
        new ClusterWorkRequest.FetchOnMember(
            BART, new Query.Recent(1, Query.Filter.ALL), TIMEOUT, TIMEOUT.dividedBy(2)),
        TIMEOUT);
  }

  private static void assertRefused(Future<?> command) {
    assertThatThrownBy(() -> InProcessCluster.await(command))
        .matches(failure -> BusFailure.of(failure) == BusFailure.UNAVAILABLE)
        .hasMessageContaining("term 1 is over; the current term is 2");
  }
}
