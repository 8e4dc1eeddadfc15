package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
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

/** What a leader of the past commands to a member, over the bus between two members. */
class LateCommandsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final MeshRequest.Peer BART = new MeshRequest.Peer("bart", "127.0.0.1:1");

  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkVerticle.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private final Queue<ClusterNews> news = new ConcurrentLinkedQueue<>();

  private Joined members;
  private Terms terms;
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
              return Future.succeededFuture(
                  new MeshRequest.FetchFailed(MeshFailure.UNREACHABLE, "a test"));
            });
    for (int i = 0; i < 2; i++) {
      Joined.await(members.get(i).vertx().deployVerticle(members.get(i).work()));
    }
    Joined.await(past.ask(ClusterRequest.LEAD, new ClusterRequest.TakeOver(1), PATIENCE));
  }

  @AfterEach
  void end() {
    members.close();
    logger.detachAppender(log);
  }

  @Test
  void each_is_refused_and_not_carried_out_and_that_is_said_once() {
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
