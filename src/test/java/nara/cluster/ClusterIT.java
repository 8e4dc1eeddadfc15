package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
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
import nara.recovery.Report;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clusters of real processes on loopback, with neighbours outside who hold a signed history. */
class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);

  /** Each event is with two of the three neighbours. */
  private static final int NEIGHBOURS = 3;

  private static Set<EventId> large;
  private static Set<EventId> small;
  private static List<TestNode> largeNeighbours;
  private static List<TestNode> smallNeighbours;

  @TempDir private Path directory;

  @BeforeAll
  static void makeHistory() {
    Corpus corpus = Corpus.make(50_000, 40, 11, Instant.now());
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
  void three_members_share_a_recovery_and_their_views_are_equal() {
    Gate gate = new Gate();
    try (Peers held = new Peers(largeNeighbours, gate);
        Members members = Members.three(directory, new JsonObject(), held.peers())) {
      // Two are enough to begin with: the third must not come too late for its share.
      members.awaitMembers(3);
      members.await("all wait at the gate", () -> gate.held() > 0);
      Instant opened = Instant.now();
      gate.open();
      MemberProcess leader = members.awaitLeader();
      members.await("the recovery is over", leader::ready);
      Duration together = Duration.between(opened, Instant.now());
      members.awaitReady();

      JsonObject report = leader.report();
      LOG.warn(
          "50,000 events from three neighbours: one process {} ms, three members {} ms: {}",
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
      assertViewsEqual(members, large);
    }
  }

  private static Report alone(String... peers) {
    try (TestNode one =
        TestNode.start(
            "alone",
            List.of(),
            TestNode.knowing(peers).andThen(Members::patient)::apply,
            progress -> {})) {
      assertThat(one.report().outcome()).isEqualTo("complete");
      return one.report();
    }
  }

  @Test
  void a_worker_and_two_leaders_die_in_the_middle_and_nothing_is_lost() {
    Gate gate = new Gate();
    try (Peers held = new Peers(smallNeighbours, gate);
        Members members = Members.three(directory, new JsonObject(), held.peers())) {
      members.awaitMembers(3);
      MemberProcess leader = members.awaitLeader();

      gate.let(9);
      members.await("all wait at the gate", () -> gate.held() > 0);
      MemberProcess worker = members.another(leader);
      worker.kill();
      members.awaitMembers(2, worker);
      worker.start();
      members.awaitMembers(3);

      gate.let(9);
      MemberProcess first = members.awaitOneLeader();
      MemberProcess second = killAndAwaitAnother(members, first);
      first.start();
      members.awaitMembers(3);

      gate.let(3);
      second = members.awaitOneLeader();
      MemberProcess third = killAndAwaitAnother(members, second);
      gate.open();
      members.awaitReady(second);

      JsonObject report = third.report();
      assertThat(report.getString("outcome")).as(report.encodePrettily()).isEqualTo("complete");
      // A machine that is busy enough may lose the lead once more by itself.
      assertThat(handovers(report))
          .as(report.encodePrettily())
          .containsSubsequence(second.name(), third.name());
      second.start();
      members.awaitMembers(3);
      members.awaitReady();
      assertViewsEqual(members, small);
      members.assertOneLedAfterTheOther();
    }
  }

  /**
   * Kills the leader; another leads within ten seconds of the detection time, not counting how long
   * a busy machine lets that one wait.
   */
  private static MemberProcess killAndAwaitAnother(Members members, MemberProcess leader) {
    Instant killed = Instant.now();
    Map<MemberProcess, Duration> lateBefore =
        members.all().stream().collect(Collectors.toMap(m -> m, MemberProcess::late));
    leader.kill();
    MemberProcess next = members.awaitLeader(leader);
    Duration took = Duration.between(killed, Instant.now());
    Duration late = next.late().minus(lateBefore.get(next));
    LOG.warn(
        "another leads {} ms after the leader was killed, detection takes {} ms; it was late by {} ms",
        took.toMillis(),
        Members.DETECTION.toMillis(),
        late.toMillis());
    assertThat(took.minus(late)).isLessThan(Members.DETECTION.plusSeconds(10));
    return next;
  }

  /** Who took over, one after the other, as a report tells. */
  private static List<String> handovers(JsonObject report) {
    return report.getJsonArray("stages").stream()
        .map(JsonObject.class::cast)
        .filter(stage -> stage.getString("name").equals("handover"))
        .map(stage -> stage.getString("reason"))
        .map(reason -> reason.substring(0, reason.indexOf(" leads in term ")))
        .toList();
  }

  @Test
  void a_leader_that_stood_still_finds_its_term_over() {
    Gate gate = new Gate();
    try (Peers held = new Peers(smallNeighbours, gate);
        Members members = Members.three(directory, new JsonObject(), held.peers())) {
      members.awaitMembers(3);
      members.awaitLeader();
      gate.let(12);
      members.await("all wait at the gate", () -> gate.held() > 0);
      MemberProcess paused = members.awaitOneLeader();
      long term = paused.term();

      paused.pause();
      members.awaitLeader(paused);
      members.await(
          "both others know", () -> members.others(paused).stream().allMatch(m -> m.term() > term));
      long ofOldTerm = accepted(members, paused, term);
      // What the paused one has asked for itself is answered when it goes on.
      gate.let(3);
      paused.goOn();
      members.await("it steps down", () -> paused.log().contains(Members.STEPS_DOWN));
      gate.open();
      members.awaitReady(paused);
      members.awaitMembers(3);
      members.awaitReady();

      assertThat(accepted(members, paused, term)).as(members.logs()).isEqualTo(ofOldTerm);
      assertThat(paused.log().lines())
          .filteredOn(line -> line.contains(Members.STEPS_DOWN))
          .filteredOn(line -> line.contains(" term " + term + " "))
          .as(members.logs())
          .hasSize(1);
      for (MemberProcess member : members.all()) {
        assertThat(member.log().lines())
            .filteredOn(line -> line.contains(" in term " + term + " are refused: "))
            .hasSizeLessThan(2);
      }
      assertViewsEqual(members, small);
      // Once more and further on a busy machine, but never by what the paused one did.
      members.awaitOneLeader();
      members.assertOneLedAfterTheOther();
    }
  }

  @Test
  void a_leader_that_was_cut_off_comes_back_to_the_others_and_all_have_all() {
    assumeTrue(Networks.possible(), "this machine allows no network namespaces");
    Gate gate = new Gate();
    try (Networks networks = Networks.of(3);
        Peers held = new Peers(networks.here(), smallNeighbours, gate);
        Members members =
            Members.start(
                directory,
                IntStream.range(0, 3).mapToObj(networks::address).toList(),
                IntStream.range(0, 3).mapToObj(networks::within).toList(),
                new JsonObject(),
                held.peers())) {
      members.awaitMembers(3);
      members.awaitLeader();
      gate.let(15);
      members.await("all wait at the gate", () -> gate.held() > 0);
      MemberProcess cut = members.awaitOneLeader();
      MemberProcess other = members.another(cut);
      long term = cut.term();
      // No neighbour has these: nobody gives them once more.
      Set<EventId> all = new HashSet<>(small);
      members.await("the cut one has taken an event", () -> took(cut, "before the cut", all));
      members.await("the others have, too", () -> took(other, "beyond the cut", all));

      networks.cut(members.all().indexOf(cut));
      members.awaitLeader(cut);
      members.awaitMembers(2, cut);
      members.await("the others go on", () -> took(other, "during the cut", all));
      gate.open();
      members.awaitReady(cut);
      members.await("it steps down", () -> cut.log().contains(Members.STEPS_DOWN));
      networks.heal(members.all().indexOf(cut));
      members.awaitMembers(3);
      members.awaitReady();

      Members.Lead next =
          members.leads().stream().filter(lead -> lead.term() > term).findFirst().orElseThrow();
      assertThat(next.member()).isNotSameAs(cut);
      assertThat(Members.isBefore(endOfLease(cut, term), next.began())).as(members.logs()).isTrue();
      members.awaitOneLeader();
      members.assertOneLedAfterTheOther();
      assertViewsEqual(members, all, networks.here());
    }
  }

  /** Whether a member says that it has merged an event, which then belongs to {@code all}. */
  private static boolean took(MemberProcess member, String who, Set<EventId> all) {
    byte[] event = Citizen.named(who).heyThere(Event.nanos(Instant.now()), "");
    boolean merged = member.give(event) == 200;
    if (merged) {
      all.addAll(ids(List.of(event)));
    }
    return merged;
  }

  /** When the lease of a term ended, by the word of whoever could not renew it. */
  private static LocalTime endOfLease(MemberProcess member, long term) {
    Pattern said =
        Pattern.compile(
            "([0-9:.]+) WARN .* its lease of term "
                + term
                + " could not be renewed in time and ended ([0-9.]+) s ago");
    return member
        .log()
        .lines()
        .map(said::matcher)
        .filter(Matcher::matches)
        .map(
            line ->
                LocalTime.parse(line.group(1))
                    .minusNanos((long) (Double.parseDouble(line.group(2)) * 1e9)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(member.log()));
  }

  @Test
  void with_fewer_than_the_quorum_a_member_is_read_from_and_nothing_is_led_or_merged() {
    String[] peers = smallNeighbours.stream().map(TestNode::peer).toArray(String[]::new);
    Set<EventId> all = new HashSet<>(small);
    try (Members members = Members.three(directory, new JsonObject(), peers);
        TestNode looker = looker("127.0.0.1")) {
      members.awaitMembers(3);
      members.awaitReady();
      members.await("all views are complete", () -> areComplete(members, looker));
      MemberProcess left = members.another(members.awaitOneLeader());
      members.await("an event is merged", () -> took(left, "before", all));
      members.others(left).forEach(MemberProcess::kill);
      members.await("it is alone", () -> left.isOneOf(1));

      assertThat(left.give(Citizen.named("between").heyThere(Event.nanos(Instant.now()), "")))
          .isEqualTo(503);
      long lease = System.nanoTime();
      members.await(
          "any lease is over",
          () -> {
            JsonObject state = left.state().orElseThrow();
            assertThat(state.getBoolean("leads")).isFalse();
            return System.nanoTime() - lease > Members.DETECTION.multipliedBy(3).toNanos();
          });
      assertThat(left.state().orElseThrow().getString("leader")).isEmpty();
      assertThat(left.state().orElseThrow().getBoolean("quorate")).isFalse();
      assertThat(Members.view(looker, left)).containsAll(all);

      members.others(left).forEach(MemberProcess::start);
      members.awaitMembers(3);
      members.awaitReady();
      members.await("events are merged again", () -> took(left, "after", all));
      assertViewsEqual(members, all);
    }
  }

  private static boolean areComplete(Members members, TestNode looker) {
    return members.all().stream()
        .allMatch(member -> Members.view(looker, member).containsAll(small));
  }

  private static TestNode looker(String from) {
    return TestNode.start(
        "looker", List.of(), config -> Members.patient(config, from), progress -> {});
  }

  @Test
  void restarts_one_by_one_are_not_noticed_outside_and_restarts_of_all_lose_nothing()
      throws Exception {
    JsonObject extra =
        new JsonObject()
            .put("memory", new JsonObject())
            .put("cluster", new JsonObject().put("tls", certificates("127.0.0.1")));
    FaultyPeer door = FaultyPeer.before(smallNeighbours.get(0).address());
    FaultyPeer otherDoor = FaultyPeer.before(smallNeighbours.get(1).address());
    try (Members members =
        Members.three(
            directory, extra, "few-0@" + door.address(), "few-1@" + otherDoor.address())) {
      members.awaitMembers(3);
      members.awaitReady();

      try (Asking asking = new Asking(members)) {
        for (MemberProcess member : members.all()) {
          member.stop();
          member.start();
          members.awaitMembers(3);
          members.awaitReady();
        }
        asking.stop();
        assertThat(asking.answered()).isPositive();
        assertThat(asking.unanswered()).as(members::logs).isEmpty();
      }
      assertViewsEqual(members, small);
      members.assertOneLedAfterTheOther();

      door.close();
      otherDoor.close();
      members.all().forEach(MemberProcess::stop);
      members.all().forEach(MemberProcess::start);
      members.awaitMembers(3);
      members.awaitReady();
      assertViewsEqual(members, small);
    }
  }

  /** Keys and certificates of an authority of the test's own. */
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

  /** Somebody outside who asks again and again, and who asks the next when one is not there. */
  private static final class Asking implements AutoCloseable {
    private final TestNode asker =
        TestNode.start("asker", List.of(), Members::patient, progress -> {});
    private final Thread thread;
    private volatile boolean stopped;
    private final List<List<String>> unanswered = new ArrayList<>();
    private volatile int answered;

    Asking(Members members) {
      thread = Thread.ofPlatform().start(() -> ask(members));
    }

    private void ask(Members members) {
      while (!stopped) {
        List<String> refusals = new ArrayList<>();
        for (MemberProcess member : members.all()) {
          Optional<String> refusal = Members.refusal(asker, member);
          if (refusal.isEmpty()) {
            break;
          }
          refusals.add(refusal.get());
        }
        if (refusals.size() < members.all().size()) {
          answered++;
        } else {
          unanswered.add(refusals);
        }
      }
    }

    int answered() {
      return answered;
    }

    /** Why nobody did, for each time. */
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

  /** Commands of a term that the members other than this one have accepted. */
  private static long accepted(Members members, MemberProcess without, long term) {
    return members.others(without).stream()
        .mapToLong(
            member ->
                member
                    .state()
                    .orElseThrow()
                    .getJsonObject("accepted_by_term")
                    .getLong(String.valueOf(term), 0L))
        .sum();
  }

  /** The nara itself goes on writing down what it observes: equal are the views at some moment. */
  private static void assertViewsEqual(Members members, Set<EventId> expected) {
    assertViewsEqual(members, expected, "127.0.0.1");
  }

  private static void assertViewsEqual(Members members, Set<EventId> expected, String from) {
    try (TestNode looker = looker(from)) {
      List<Set<EventId>> views = new ArrayList<>();
      members.await(
          "the views are equal",
          () -> {
            views.clear();
            members.all().forEach(member -> views.add(Members.view(looker, member)));
            if (views.get(1).equals(views.get(0)) && views.get(2).equals(views.get(0))) {
              return true;
            }
            LOG.warn(
                "views of {}, {} and {} events are not equal yet",
                views.get(0).size(),
                views.get(1).size(),
                views.get(2).size());
            return false;
          });
      Set<EventId> lost = new HashSet<>(expected);
      lost.removeAll(views.get(0));
      assertThat(lost)
          .as(() -> lost.size() + " events are lost\n" + members.logs() + "\n" + reports(members))
          .isEmpty();
    }
  }

  private static String reports(Members members) {
    return members.all().stream()
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
    // They have met it before: where a gate stands between, they cannot ask it who it is.
    byte[] met = Citizen.named("elephant").heyThere(Event.nanos(Instant.now()), "");
    for (int i = 0; i < NEIGHBOURS; i++) {
      List<byte[]> part = new ArrayList<>(List.of(met));
      for (int k = 0; k < events.size(); k++) {
        if (k % NEIGHBOURS != i) {
          part.add(events.get(k));
        }
      }
      neighbours.add(TestNode.holding(name + "-" + i, part));
    }
    return neighbours;
  }

  /** A gate before each neighbour. */
  private record Peers(List<TestNode> behind, List<FaultyPeer> doors) implements AutoCloseable {
    Peers(List<TestNode> behind, Gate gate) {
      this("127.0.0.1", behind, gate);
    }

    Peers(String host, List<TestNode> behind, Gate gate) {
      this(
          behind,
          behind.stream()
              .map(node -> FaultyPeer.before(node.address(), host).behind(gate::turn))
              .toList());
    }

    String[] peers() {
      String[] peers = new String[doors.size()];
      for (int i = 0; i < peers.length; i++) {
        peers[i] = behind.get(i).node().identity().name() + "@" + doors.get(i).address();
      }
      return peers;
    }

    @Override
    public void close() {
      doors.forEach(FaultyPeer::close);
    }
  }
}
