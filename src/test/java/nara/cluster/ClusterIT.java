package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nara.demo.Corpus;
import nara.event.Event;
import nara.event.EventId;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clusters of processes on loopback, whose neighbours hold a signed history. */
class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);

  /** Two of the three neighbours hold each event. */
  private static final int NEIGHBOURS = 3;

  private static Set<EventId> large;
  private static Set<EventId> small;
  private static List<TestNode> largeNeighbours;
  private static List<TestNode> smallNeighbours;

  @TempDir private Path directory;

  @BeforeAll
  static void makeHistory() {
    Corpus corpus = Corpus.generate(50_000, 40, 11, Instant.now());
    List<byte[]> some = corpus.events().subList(0, 12_000);
    large = ids(corpus.events());
    small = ids(some);
    largeNeighbours = neighbours("many", corpus.events());
    smallNeighbours = neighbours("few", some);
  }

  @AfterAll
  static void end() {
    largeNeighbours.forEach(TestNode::close);
    smallNeighbours.forEach(TestNode::close);
  }

  @Test
  void three_members_share_a_recovery_and_end_with_equal_views() {
    RequestGate gate = new RequestGate();
    try (GatedPeers held = new GatedPeers(largeNeighbours, gate);
        TestCluster cluster = TestCluster.startThree(directory, new JsonObject(), held.peers())) {
      // The recovery needs only two members; wait for the third, so that it gets its share.
      cluster.awaitMembers(3);
      cluster.await("requests wait at the gate", () -> gate.waitingCount() > 0);
      Instant opened = Instant.now();
      gate.open();
      MemberProcess leader = cluster.awaitLeader();
      cluster.await("the recovery is over", leader::isReady);
      Duration together = Duration.between(opened, Instant.now());
      cluster.awaitReady();

      JsonObject report = leader.report();
      LOG.warn(
          "Recovered 50,000 events from three neighbours; alone_ms={} cluster_ms={} members={}",
          alone(held.peers()).durationMs(),
          together.toMillis(),
          report.getJsonArray("members").encode());
      assertThat(report.getString("outcome")).as(report.encodePrettily()).isEqualTo("complete");
      assertThat(names(report)).containsExactly("member-0", "member-1", "member-2");
      assertThat(shares(report))
          .allSatisfy(
              share -> {
                assertThat(share.getInteger("events")).isPositive();
                assertThat(share.getInteger("new")).isPositive();
              });
      assertViewsEqual(cluster, large);
    }
  }

  private static Report alone(String... peers) {
    try (TestNode one =
        TestNode.start(
            "alone",
            List.of(),
            TestNode.withPeers(peers).andThen(TestCluster::withLongTimeouts)::apply,
            progressed -> {})) {
      assertThat(one.report().outcome()).isEqualTo("complete");
      return one.report();
    }
  }

  @Test
  void recovery_loses_no_event_when_a_worker_and_two_leaders_die() {
    RequestGate gate = new RequestGate();
    try (GatedPeers held = new GatedPeers(smallNeighbours, gate);
        TestCluster cluster = TestCluster.startThree(directory, new JsonObject(), held.peers())) {
      cluster.awaitMembers(3);
      MemberProcess leader = cluster.awaitLeader();

      gate.permit(9);
      cluster.await("requests wait at the gate", () -> gate.waitingCount() > 0);
      MemberProcess worker = cluster.anyOther(leader);
      worker.kill();
      cluster.awaitMembers(2, worker);
      worker.start();
      cluster.awaitMembers(3);

      gate.permit(9);
      MemberProcess first = cluster.awaitOneLeader();
      MemberProcess second = killAndAwaitAnother(cluster, first);
      first.start();
      cluster.awaitMembers(3);

      gate.permit(3);
      second = cluster.awaitOneLeader();
      MemberProcess third = killAndAwaitAnother(cluster, second);
      gate.open();
      cluster.awaitReady(second);

      JsonObject report = third.report();
      assertThat(report.getString("outcome")).as(report.encodePrettily()).isEqualTo("complete");
      // On a very busy machine the lead may change once more.
      assertThat(handovers(report))
          .as(report.encodePrettily())
          .containsSubsequence(second.name(), third.name());
      second.start();
      cluster.awaitMembers(3);
      cluster.awaitReady();
      assertViewsEqual(cluster, small);
      cluster.assertLeadersDidNotOverlap();
    }
  }

  /**
   * Kills the leader. Another member must lead within the detection time and ten seconds, apart
   * from the delays of a busy machine.
   */
  private static MemberProcess killAndAwaitAnother(TestCluster cluster, MemberProcess leader) {
    Instant killed = Instant.now();
    Map<MemberProcess, Duration> lateBefore =
        cluster.all().stream().collect(Collectors.toMap(m -> m, MemberProcess::totalDelay));
    leader.kill();
    MemberProcess next = cluster.awaitLeader(leader);
    Duration took = Duration.between(killed, Instant.now());
    Duration late = next.totalDelay().minus(lateBefore.get(next));
    LOG.warn(
        "Another member leads after the leader was killed; took_ms={} detection_ms={} delay_ms={}",
        took.toMillis(),
        TestCluster.DETECTION.toMillis(),
        late.toMillis());
    assertThat(took.minus(late)).isLessThan(TestCluster.DETECTION.plusSeconds(10));
    return next;
  }

  /** The members that took over, in order, from a report. */
  private static List<String> handovers(JsonObject report) {
    return report.getJsonArray("stages").stream()
        .map(JsonObject.class::cast)
        .filter(stage -> stage.getString("name").equals("handover"))
        .map(stage -> stage.getString("reason"))
        .map(reason -> reason.substring(0, reason.indexOf(" leads in term ")))
        .toList();
  }

  @Test
  void paused_leader_finds_its_term_expired() {
    RequestGate gate = new RequestGate();
    try (GatedPeers held = new GatedPeers(smallNeighbours, gate);
        TestCluster cluster = TestCluster.startThree(directory, new JsonObject(), held.peers())) {
      cluster.awaitMembers(3);
      cluster.awaitLeader();
      gate.permit(12);
      cluster.await("requests wait at the gate", () -> gate.waitingCount() > 0);
      MemberProcess paused = cluster.awaitOneLeader();
      long term = paused.term();

      paused.pause();
      cluster.awaitLeader(paused);
      cluster.await(
          "both others see the new term",
          () -> cluster.others(paused).stream().allMatch(m -> m.term() > term));
      long ofOldTerm = accepted(cluster, paused, term);
      // The paused member gets the responses to its own requests after it resumes.
      gate.permit(3);
      paused.resume();
      cluster.await("the leader steps down", () -> paused.log().contains(TestCluster.STEPPED_DOWN));
      gate.open();
      cluster.awaitReady(paused);
      cluster.awaitMembers(3);
      cluster.awaitReady();

      assertThat(accepted(cluster, paused, term)).as(cluster.logs()).isEqualTo(ofOldTerm);
      assertThat(paused.log().lines())
          .filteredOn(line -> line.contains(TestCluster.STEPPED_DOWN))
          .filteredOn(line -> line.contains(" term " + term + " "))
          .as(cluster.logs())
          .hasSize(1);
      for (MemberProcess member : cluster.all()) {
        assertThat(member.log().lines())
            .filteredOn(
                line ->
                    line.contains("Refused commands of a former leader; ")
                        && line.contains(" term=" + term + " "))
            .hasSizeLessThan(2);
      }
      assertViewsEqual(cluster, small);
      // On a busy machine the lead may change again, but never because of the paused member.
      cluster.awaitOneLeader();
      cluster.assertLeadersDidNotOverlap();
    }
  }

  @Test
  void members_unite_their_events_when_a_cut_off_leader_returns() {
    assumeTrue(NetworkNamespaces.isSupported(), "this machine allows no network namespaces");
    RequestGate gate = new RequestGate();
    try (NetworkNamespaces namespaces = NetworkNamespaces.of(3);
        GatedPeers held = new GatedPeers(namespaces.hostAddress(), smallNeighbours, gate);
        TestCluster cluster =
            TestCluster.start(
                directory,
                IntStream.range(0, 3).mapToObj(namespaces::address).toList(),
                IntStream.range(0, 3).mapToObj(namespaces::commandPrefix).toList(),
                new JsonObject(),
                held.peers())) {
      cluster.awaitMembers(3);
      cluster.awaitLeader();
      gate.permit(15);
      cluster.await("requests wait at the gate", () -> gate.waitingCount() > 0);
      MemberProcess cut = cluster.awaitOneLeader();
      MemberProcess other = cluster.anyOther(cut);
      long term = cut.term();
      // No neighbour holds these events, so a lost one stays lost.
      Set<EventId> all = new HashSet<>(small);
      cluster.await("the cut member merges an event", () -> importInto(cut, "before the cut", all));
      cluster.await(
          "another member merges an event", () -> importInto(other, "beyond the cut", all));

      namespaces.cut(cluster.all().indexOf(cut));
      cluster.awaitLeader(cut);
      cluster.awaitMembers(2, cut);
      cluster.await("the others merge an event", () -> importInto(other, "during the cut", all));
      gate.open();
      cluster.awaitReady(cut);
      cluster.await("the leader steps down", () -> cut.log().contains(TestCluster.STEPPED_DOWN));
      namespaces.heal(cluster.all().indexOf(cut));
      cluster.awaitMembers(3);
      cluster.awaitReady();

      TestCluster.LeaderTerm next =
          cluster.leaderTerms().stream()
              .filter(leaderTerm -> leaderTerm.term() > term)
              .findFirst()
              .orElseThrow();
      assertThat(next.member()).isNotSameAs(cut);
      assertThat(endOfLease(cut, term)).as(cluster.logs()).isBefore(next.since());
      cluster.awaitOneLeader();
      cluster.assertLeadersDidNotOverlap();
      assertViewsEqual(cluster, all, namespaces.hostAddress());
    }
  }

  /** Imports an event into a member, and adds it to {@code all} when the member merged it. */
  private static boolean importInto(MemberProcess member, String who, Set<EventId> all) {
    byte[] event = Citizen.named(who).heyThere(Event.unixNanos(Instant.now()), "");
    boolean merged = member.importEvents(event) == 200;
    if (merged) {
      all.addAll(ids(List.of(event)));
    }
    return merged;
  }

  /** The end of a term's lease, from the log of the member that could not renew it. */
  private static Instant endOfLease(MemberProcess member, long term) {
    Pattern expired =
        Pattern.compile(
            "(\\S+) WARN .* could not renew the lease of term "
                + term
                + " in time; it ended ([0-9.]+) s ago.*");
    return member
        .log()
        .lines()
        .map(expired::matcher)
        .filter(Matcher::matches)
        .map(
            line ->
                TestCluster.timeOf(line.group(1))
                    .minusNanos((long) (Double.parseDouble(line.group(2)) * 1e9)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(member.log()));
  }

  @Test
  void minority_member_serves_reads_without_leading_or_merging() {
    String[] peers = smallNeighbours.stream().map(TestNode::configuredPeer).toArray(String[]::new);
    Set<EventId> all = new HashSet<>(small);
    try (TestCluster cluster = TestCluster.startThree(directory, new JsonObject(), peers);
        TestNode looker = looker("127.0.0.1")) {
      cluster.awaitMembers(3);
      cluster.awaitReady();
      cluster.await("all views are complete", () -> areComplete(cluster, looker));
      MemberProcess left = cluster.anyOther(cluster.awaitOneLeader());
      cluster.await("an event is merged", () -> importInto(left, "before", all));
      cluster.others(left).forEach(MemberProcess::kill);
      cluster.await("the last member is alone", () -> left.seesMembers(1));

      assertThat(
              left.importEvents(
                  Citizen.named("between").heyThere(Event.unixNanos(Instant.now()), "")))
          .isEqualTo(503);
      long lease = System.nanoTime();
      cluster.await(
          "any lease has expired",
          () -> {
            JsonObject state = left.state().orElseThrow();
            assertThat(state.getBoolean("leads")).isFalse();
            return System.nanoTime() - lease > TestCluster.DETECTION.multipliedBy(3).toNanos();
          });
      assertThat(left.state().orElseThrow().getString("leader")).isEmpty();
      assertThat(left.state().orElseThrow().getBoolean("quorate")).isFalse();
      assertThat(TestCluster.viewIds(looker, left)).containsAll(all);

      cluster.others(left).forEach(MemberProcess::start);
      cluster.awaitMembers(3);
      cluster.awaitReady();
      cluster.await("events are merged again", () -> importInto(left, "after", all));
      assertViewsEqual(cluster, all);
    }
  }

  private static boolean areComplete(TestCluster cluster, TestNode looker) {
    return cluster.all().stream()
        .allMatch(member -> TestCluster.viewIds(looker, member).containsAll(small));
  }

  private static TestNode looker(String from) {
    return TestNode.start(
        "looker",
        List.of(),
        config -> TestCluster.withLongTimeouts(config, from),
        progressed -> {});
  }

  @Test
  void rolling_restart_is_invisible_and_full_restart_loses_nothing() throws Exception {
    JsonObject extra =
        new JsonObject()
            .put("memory", new JsonObject())
            // After the full restart no neighbour is there.
            .put("recovery", new JsonObject().put("ready_when", "tried"))
            .put("cluster", new JsonObject().put("tls", certificates("127.0.0.1")));
    FaultyPeer proxy = FaultyPeer.proxying(smallNeighbours.get(0).address());
    FaultyPeer otherProxy = FaultyPeer.proxying(smallNeighbours.get(1).address());
    try (TestCluster cluster =
        TestCluster.startThree(
            directory, extra, "few-0@" + proxy.address(), "few-1@" + otherProxy.address())) {
      cluster.awaitMembers(3);
      cluster.awaitReady();

      try (PollingClient client = new PollingClient(cluster)) {
        for (MemberProcess member : cluster.all()) {
          member.stop();
          member.start();
          cluster.awaitMembers(3);
          cluster.awaitReady();
        }
        client.stop();
        assertThat(client.answered()).isPositive();
        assertThat(client.unanswered()).as(cluster::logs).isEmpty();
      }
      assertViewsEqual(cluster, small);
      cluster.assertLeadersDidNotOverlap();

      proxy.close();
      otherProxy.close();
      cluster.all().forEach(MemberProcess::stop);
      cluster.all().forEach(MemberProcess::start);
      cluster.awaitMembers(3);
      cluster.awaitReady();
      assertViewsEqual(cluster, small);
    }
  }

  /** Generates keys and certificates. */
  private JsonObject certificates(String host) throws IOException, InterruptedException {
    Path made = directory.resolve("tls");
    Process process =
        new ProcessBuilder("scripts/test-ca", made.toString(), host).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    return new JsonObject()
        .put("key", made.resolve(host + ".key").toString())
        .put("certificate", made.resolve(host + ".pem").toString())
        .put("authority", made.resolve("ca.pem").toString());
  }

  /** Requests events in a loop, from the next member when one does not respond. */
  private static final class PollingClient implements AutoCloseable {
    private final TestNode asker =
        TestNode.start("asker", List.of(), TestCluster::withLongTimeouts, progressed -> {});
    private final Thread thread;
    private volatile boolean stopped;
    private final List<List<String>> unanswered = new ArrayList<>();
    private volatile int answered;

    PollingClient(TestCluster cluster) {
      thread = Thread.ofPlatform().start(() -> poll(cluster));
    }

    private void poll(TestCluster cluster) {
      while (!stopped) {
        List<String> refusals = new ArrayList<>();
        for (MemberProcess member : cluster.all()) {
          Optional<String> refusal = TestCluster.fetchFailure(asker, member);
          if (refusal.isEmpty()) {
            break;
          }
          refusals.add(refusal.get());
        }
        if (refusals.size() < cluster.all().size()) {
          answered++;
        } else {
          unanswered.add(refusals);
        }
      }
    }

    int answered() {
      return answered;
    }

    /** The failures of each request that no member answered. */
    List<List<String>> unanswered() {
      return unanswered;
    }

    void stop() {
      stopped = true;
      try {
        thread.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      stop();
      asker.close();
    }
  }

  /** Commands of a term that the other members accepted. */
  private static long accepted(TestCluster cluster, MemberProcess without, long term) {
    return cluster.others(without).stream()
        .mapToLong(
            member ->
                member
                    .state()
                    .orElseThrow()
                    .getJsonObject("accepted_by_term")
                    .getLong(String.valueOf(term), 0L))
        .sum();
  }

  /** Waits until the views are equal: the nara still adds its own observations. */
  private static void assertViewsEqual(TestCluster cluster, Set<EventId> expected) {
    assertViewsEqual(cluster, expected, "127.0.0.1");
  }

  private static void assertViewsEqual(TestCluster cluster, Set<EventId> expected, String from) {
    try (TestNode looker = looker(from)) {
      List<Set<EventId>> views = new ArrayList<>();
      cluster.await(
          "the views are equal",
          () -> {
            views.clear();
            cluster.all().forEach(member -> views.add(TestCluster.viewIds(looker, member)));
            if (views.get(1).equals(views.get(0)) && views.get(2).equals(views.get(0))) {
              return true;
            }
            LOG.warn(
                "The views are not equal yet; events={},{},{}",
                views.get(0).size(),
                views.get(1).size(),
                views.get(2).size());
            return false;
          });
      Set<EventId> lost = new HashSet<>(expected);
      lost.removeAll(views.get(0));
      assertThat(lost)
          .as(() -> lost.size() + " events are lost\n" + cluster.logs() + "\n" + reports(cluster))
          .isEmpty();
    }
  }

  private static String reports(TestCluster cluster) {
    return cluster.all().stream()
        .map(member -> member.report().encodePrettily())
        .collect(Collectors.joining("\n"));
  }

  private static List<JsonObject> shares(JsonObject report) {
    return report.getJsonArray("members", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static List<String> names(JsonObject report) {
    return shares(report).stream().map(share -> share.getString("name")).toList();
  }

  private static Set<EventId> ids(List<byte[]> events) {
    return events.stream()
        .map(json -> Citizen.read(json).event())
        .map(Event::id)
        .collect(Collectors.toSet());
  }

  private static List<TestNode> neighbours(String name, List<byte[]> events) {
    List<TestNode> neighbours = new ArrayList<>();
    // They hold its key already: behind a gate they cannot fetch it.
    byte[] heyThere = Citizen.named("elephant").heyThere(Event.unixNanos(Instant.now()), "");
    for (int i = 0; i < NEIGHBOURS; i++) {
      List<byte[]> part = new ArrayList<>(List.of(heyThere));
      for (int k = 0; k < events.size(); k++) {
        if (k % NEIGHBOURS != i) {
          part.add(events.get(k));
        }
      }
      neighbours.add(TestNode.holding(name + "-" + i, part));
    }
    return neighbours;
  }

  /** Proxies to neighbours. Each request waits at the gate. */
  private record GatedPeers(List<TestNode> nodes, List<FaultyPeer> proxies)
      implements AutoCloseable {
    GatedPeers(List<TestNode> nodes, RequestGate gate) {
      this("127.0.0.1", nodes, gate);
    }

    GatedPeers(String host, List<TestNode> behind, RequestGate gate) {
      this(
          behind,
          behind.stream()
              .map(node -> FaultyPeer.proxying(node.address(), host).admittedBy(gate::acquire))
              .toList());
    }

    String[] peers() {
      String[] peers = new String[proxies.size()];
      for (int i = 0; i < peers.length; i++) {
        peers[i] = nodes.get(i).node().identity().name() + "@" + proxies.get(i).address();
      }
      return peers;
    }

    @Override
    public void close() {
      proxies.forEach(FaultyPeer::close);
    }
  }
}
