package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerVerticle;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What retention drops from the leader's view leaves the shared map, and nothing else does. */
class SweepIT {
  private static final int KEPT = 400;
  private static final int NEWEST = 200;
  private static final int ALL = 3_000;
  private static final long SECOND = 1_000_000_000L;
  private static final Citizen BART = Citizen.named("bart");

  private final Queue<ClusterNews> news = new ConcurrentLinkedQueue<>();
  private Joined members;
  private ClusterMember leader;
  private SharedMap map;
  private Bus bus;

  @BeforeEach
  void begin() throws InterruptedException {
    members = Joined.members("elephant", List.of(EnumSet.allOf(Role.class)));
    leader = members.get(0);
    map = new SharedMap(leader.hazelcast(), Maps.LEDGER);
    bus = Bus.of(leader.vertx());
    bus.hear(ClusterNews.ADDRESS, ClusterNews.class, news::add);
    Ledger view = new Ledger(LedgerConfig.ofSize(KEPT), name -> true);
    Joined.await(
        leader
            .vertx()
            .deployVerticle(
                new LedgerVerticle(view, new SplittableRandom(1), LedgerRequest.VIEW),
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    List<Judged> events = IntStream.range(0, ALL).mapToObj(SweepIT::tease).toList();
    // The newest come to the map alone: as when the event that tells of them is lost.
    List<Judged> seen = events.subList(0, ALL - NEWEST);
    Joined.await(bus.ask(LedgerRequest.VIEW, new LedgerRequest.Merge(seen), Duration.ofMinutes(1)));
    Map<String, byte[]> entries = new HashMap<>();
    events.forEach(event -> entries.put(EventEntry.key(event), EventEntry.value(event)));
    leader.terms().saw(3);
    assertThat(map.write(3, entries, true)).isZero();
    assertThat(map.map().size()).isEqualTo(ALL);
  }

  @AfterEach
  void end() {
    members.close();
  }

  private static Judged tease(int i) {
    return new Judged(
        Citizen.read(BART.tease((1_700_000_000L + i) * SECOND, "lisa")).event(), Verdict.VALID);
  }

  @Test
  void what_the_rules_drop_leaves_the_map_and_what_the_view_has_missed_is_kept() {
    deploySweep(3);
    // What only the map had may push others out; those are not worth another look by themselves.
    MemberProcess.await(
        "the map is swept", () -> map.map().size() <= KEPT + NEWEST, () -> "" + map.map().size());

    assertThat(map.map().keySet()).containsAll(held());
    for (int i = ALL - NEWEST; i < ALL; i++) {
      assertThat(held()).contains(EventEntry.key(tease(i)));
    }
  }

  @Test
  void a_leader_of_the_past_removes_nothing_and_hears_of_it() {
    leader.terms().saw(4);
    deploySweep(3);
    MemberProcess.await(
        "it is refused", () -> news.contains(new ClusterNews.Outranked(4)), () -> "");

    assertThat(map.map().size()).isEqualTo(ALL);
  }

  private void deploySweep(long term) {
    Joined.await(
        leader
            .vertx()
            .deployVerticle(
                new SweepVerticle(leader, new Keyring(), term, Duration.ofMillis(100))));
  }

  private Set<String> held() {
    Future<LedgerRequest.JudgedForms> forms =
        bus.ask(LedgerRequest.VIEW, new LedgerRequest.AllForms(), Duration.ofMinutes(1));
    Set<String> keys = new HashSet<>();
    Joined.await(forms).events().forEach(event -> keys.add(EventEntry.key(event)));
    return keys;
  }
}
