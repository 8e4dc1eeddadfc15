package nara.cluster;

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
import nara.bus.Unavailable;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.recovery.SharedWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a leader commands to a member, over the bus between two: in its time, and too late. */
class CommandsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final MeshRequest.Peer BART = new MeshRequest.Peer("bart", "127.0.0.1:1");

  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkVerticle.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private final Queue<ClusterNews> news = new ConcurrentLinkedQueue<>();

  private Joined members;
  private String deployed;
  private Terms terms;
  private Future<MeshRequest.FetchOutcome> answer =
      Future.succeededFuture(new MeshRequest.FetchFailed(MeshFailure.UNREACHABLE, "a test"));

  private Bus past;

  @BeforeEach
  void begin() {
    log.start();
    logger.addAppender(log);
    // The leader has no role itself, so that all of its commands go to the other.
    members =
        Joined.members("elephant", List.of(EnumSet.noneOf(Role.class), EnumSet.allOf(Role.class)));
    terms = members.get(1).terms();
    past = Bus.of(members.get(0).vertx());
    past.hear(ClusterNews.ADDRESS, ClusterNews.class, news::add);
    Bus.of(members.get(1).vertx())
        .serve(
            MeshRequest.ADDRESS,
            MeshRequest.Fetch.class,
            fetch -> {
              fetched.incrementAndGet();
              return answer;
            });
    Joined.await(members.get(1).vertx().deployVerticle(members.get(1).work()));
    deployed = Joined.await(members.get(0).vertx().deployVerticle(members.get(0).work()));
    Joined.await(past.ask(ClusterRequest.LEAD, new ClusterRequest.TakeOver(1), PATIENCE));
  }

  @AfterEach
  void end() {
    members.close();
    logger.detachAppender(log);
  }

  @Test
  void what_a_leader_of_the_past_commands_is_refused_and_not_carried_out_and_that_is_said_once() {
    assertThat(Joined.await(fetch()).member()).isEqualTo("member-1");
    assertThat(fetched).hasValue(1);
    assertThat(terms.accepted()).containsEntry(1L, 1L);

    terms.saw(2);
    for (int i = 0; i < 4; i++) {
      assertRefused(fetch());
    }
    assertRefused(past.ask(SharedWork.ADDRESS, new SharedWork.SeekKeys(List.of(BART)), PATIENCE));

    assertThat(fetched).hasValue(1);
    assertThat(terms.refused()).isEqualTo(5);
    assertThat(terms.accepted()).containsEntry(1L, 1L);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("commands of member-0 in term 1 are refused: term 2 leads");
    assertThat(Set.copyOf(news)).contains(new ClusterNews.Outranked(2));
  }

  @Test
  void what_is_under_way_when_the_leader_stops_ends_and_is_given_to_nobody_else() {
    answer = Promise.<MeshRequest.FetchOutcome>promise().future();
    List<Future<SharedWork.FetchedBy>> underWay = List.of(fetch(), fetch(), fetch());
    MemberProcess.await("all are under way", () -> fetched.get() == 3, () -> "" + fetched);

    Joined.await(members.get(0).vertx().undeploy(deployed));
    for (Future<SharedWork.FetchedBy> one : underWay) {
      assertThatThrownBy(() -> Joined.await(one)).matches(Unavailable::isCause);
    }
    assertThat(fetched).hasValue(3);
    assertThat(log.list).isEmpty();
  }

  private Future<SharedWork.FetchedBy> fetch() {
    return past.ask(
        SharedWork.ADDRESS,
        new SharedWork.Fetch(
            BART, new Query.Recent(1, Query.Filter.ALL), PATIENCE, PATIENCE.dividedBy(2)),
        PATIENCE);
  }

  private static void assertRefused(Future<?> command) {
    assertThatThrownBy(() -> Joined.await(command))
        .matches(Unavailable::isCause)
        .hasMessageContaining("term 1 is over: term 2 leads");
  }
}
