package nara.cluster.map;

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
import nara.bus.BusMessage;
import nara.cluster.ClusterMember;
import nara.cluster.ClusterNotification;
import nara.cluster.InProcessCluster;
import nara.cluster.MemberProcess;
import nara.cluster.PruneVerticle;
import nara.cluster.Role;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerVerticle;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pruning removes from the shared map exactly the events that retention drops. */
class PruneVerticleIT {
  private static final int KEPT = 400;
  private static final int NEWEST = 200;
  private static final int ALL = 3_000;
  private static final long SECOND = 1_000_000_000L;
  private static final String VIEW = "test.view";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Citizen BART = Citizen.named("bart");

  private final Queue<ClusterNotification> news = new ConcurrentLinkedQueue<>();
  private InProcessCluster members;
  private ClusterMember leader;
  private SharedMap map;
  private Bus bus;

  /** Events that are retracted while the prune merges its copies; usually none. */
  private final Queue<JudgedEvent> retractions = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void begin() throws InterruptedException {
    members = InProcessCluster.join("elephant", List.of(EnumSet.allOf(Role.class)));
    leader = members.get(0);
    map = new SharedMap(leader.hazelcast(), EventEntry.LEDGER_MAP);
    bus = Bus.of(leader.vertx());
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, news::add);
    Ledger view = new Ledger(LedgerConfig.ofSize(KEPT), name -> Standing.ESTABLISHED);
    InProcessCluster.await(
        leader
            .vertx()
            .deployVerticle(
                new LedgerVerticle(view, new SplittableRandom(1), VIEW),
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    InProcessCluster.await(
        bus.serve(LedgerRequest.VIEW_ADDRESS, LedgerRequest.class, this::onRequest).completion());
    List<JudgedEvent> events = IntStream.range(0, ALL).mapToObj(PruneVerticleIT::tease).toList();
    // Only the map holds the newest events, as after a lost notification.
    List<JudgedEvent> seen = events.subList(0, ALL - NEWEST);
    InProcessCluster.await(
        bus.request(LedgerRequest.VIEW_ADDRESS, new LedgerRequest.MergeEvents(seen), TIMEOUT));
    Map<String, byte[]> entries = new HashMap<>();
    events.forEach(event -> entries.put(EventEntry.key(event), EventEntry.value(event)));
    leader.terms().observe(3);
    assertThat(map.write(3, entries, true)).isZero();
    assertThat(map.map().size()).isEqualTo(ALL);
  }

  @AfterEach
  void end() {
    members.close();
  }

  private static JudgedEvent tease(int i) {
    return new JudgedEvent(
        Citizen.read(BART.tease((1_700_000_000L + i) * SECOND, "lisa")).event(), Verdict.VALID);
  }

  @Test
  void prune_removes_dropped_entries_and_keeps_unseen_ones() {
    deployPrune(3);
    // The newest events displace others from the view; that excess is too small for a second run.
    MemberProcess.await(
        "the map is pruned", () -> map.map().size() <= KEPT + NEWEST, () -> "" + map.map().size());

    assertThat(map.map().keySet()).containsAll(held());
    for (int i = ALL - NEWEST; i < ALL; i++) {
      assertThat(held()).contains(EventEntry.key(tease(i)));
    }
  }

  @Test
  void prune_keeps_out_of_the_view_what_is_retracted_while_it_merges() {
    JudgedEvent forged = tease(ALL - 1);
    retractions.add(forged);

    deployPrune(3);
    MemberProcess.await(
        "the map is pruned", () -> map.map().size() <= KEPT + NEWEST, () -> "" + map.map().size());

    assertThat(held())
        .doesNotContain(EventEntry.key(forged))
        .contains(EventEntry.key(tease(ALL - 2)));
  }

  @Test
  void prune_of_an_old_term_is_rejected() {
    leader.terms().observe(4);
    deployPrune(3);
    MemberProcess.await(
        "the write is refused",
        () -> news.contains(new ClusterNotification.HigherTermSeen(4)),
        () -> "");

    assertThat(map.map().size()).isEqualTo(ALL);
  }

  /** The view, with a retraction of another member just before a merge. */
  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    JudgedEvent retracted =
        request instanceof LedgerRequest.MergeEvents ? retractions.poll() : null;
    if (retracted == null) {
      return bus.request(VIEW, request, TIMEOUT);
    }
    Map<String, byte[]> entry =
        Map.of(EventEntry.key(retracted), EventEntry.retractedValue(retracted));
    return leader
        .vertx()
        .executeBlocking(() -> map.write(3, entry, false))
        .compose(
            written ->
                bus.request(
                    VIEW, new LedgerRequest.RemoveEvents(List.of(retracted.event())), TIMEOUT))
        .compose(removed -> bus.request(VIEW, request, TIMEOUT));
  }

  private void deployPrune(long term) {
    InProcessCluster.await(
        leader
            .vertx()
            .deployVerticle(
                new PruneVerticle(leader, new Keyring(), term, Duration.ofMillis(100))));
  }

  private Set<String> held() {
    Future<LedgerRequest.VariantExport> forms =
        bus.request(
            LedgerRequest.VIEW_ADDRESS, new LedgerRequest.ExportVariants(), Duration.ofMinutes(1));
    Set<String> keys = new HashSet<>();
    InProcessCluster.await(forms).events().forEach(event -> keys.add(EventEntry.key(event)));
    return keys;
  }
}
