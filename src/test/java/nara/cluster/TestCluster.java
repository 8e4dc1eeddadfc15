package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nara.event.EventId;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.node.Blocking;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.testing.Citizen;
import nara.testing.TestNode;

/** A cluster of processes. */
final class TestCluster implements AutoCloseable {
  static final String SOUL = Citizen.named("elephant").identity().soul().encoded();

  /** The detection time: long, because the test machine may be very busy. */
  static final Duration DETECTION = Duration.ofSeconds(6);

  private static final Duration FETCH = Duration.ofMinutes(2);

  private static final int EVENTS_FETCHED = 20;

  /** The log line of a leader that steps down. */
  static final String STEPPED_DOWN = " Stepped down as leader: ";

  private static final Pattern LEADS =
      Pattern.compile("(\\S+) INFO +LeaseVerticle: Became the leader; member=\\S+ term=(\\d+)");

  private static final Pattern OTHERS_TERM =
      Pattern.compile("(?:leads in|the current) term (?:is )?(\\d+)");

  /** A lead, and its start by this machine's clock. */
  record LeaderTerm(long term, MemberProcess member, Instant since) {}

  private final List<MemberProcess> all;

  private TestCluster(List<MemberProcess> all) {
    this.all = all;
  }

  /** Three members on loopback, with these neighbours. */
  static TestCluster startThree(Path directory, JsonObject extra, String... peers) {
    return start(
        directory,
        Collections.nCopies(3, "127.0.0.1"),
        Collections.nCopies(3, List.of()),
        extra,
        peers);
  }

  static TestCluster start(
      Path directory,
      List<String> hosts,
      List<List<String>> before,
      JsonObject extra,
      String... peers) {
    JsonObject base =
        new JsonObject()
            .put(
                "discovery",
                new JsonObject()
                    .put("peers", new JsonArray(List.of(peers)))
                    .put("ping_timeout", "1m"))
            .put(
                "recovery",
                new JsonObject().put("first_wait", "0s").put("tries", 3).put("call_timeout", "5m"))
            .put("cluster", new JsonObject().put("detection", DETECTION.toSeconds() + "s"))
            .mergeIn(extra.copy(), true);
    return new TestCluster(MemberProcess.start(directory, hosts, before, base));
  }

  List<MemberProcess> all() {
    return all;
  }

  /** Waits until each member sees that many members. */
  void awaitMembers(int count, MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        count + " members",
        () ->
            all.stream()
                .filter(member -> !out.contains(member))
                .allMatch(member -> member.seesMembers(count)));
  }

  /** Waits until exactly one member leads. */
  MemberProcess awaitOneLeader() {
    await("one leads", () -> all.stream().filter(MemberProcess::isLeader).count() == 1);
    return awaitLeader();
  }

  /** Waits until all but these members have caught up and know that the recovery is over. */
  void awaitReady(MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        "all are ready",
        () ->
            all.stream().filter(member -> !out.contains(member)).allMatch(MemberProcess::isReady));
  }

  /** Waits for a leader other than these members. */
  MemberProcess awaitLeader(MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        "a leader",
        () -> all.stream().anyMatch(member -> !out.contains(member) && member.isLeader()));
    return leader(out).orElseGet(() -> awaitLeader(without));
  }

  private Optional<MemberProcess> leader(Set<MemberProcess> out) {
    return all.stream().filter(m -> !out.contains(m) && m.isLeader()).findFirst();
  }

  /** All leads so far, in the order of their terms, from the members' logs. */
  List<LeaderTerm> leaderTerms() {
    return all.stream()
        .flatMap(
            member ->
                member
                    .log()
                    .lines()
                    .map(LEADS::matcher)
                    .filter(Matcher::matches)
                    .map(
                        line ->
                            new LeaderTerm(
                                Long.parseLong(line.group(2)), member, timeOf(line.group(1)))))
        .sorted(Comparator.comparingLong(LeaderTerm::term))
        .toList();
  }

  /**
   * Asserts that no term has two leaders, that a later term starts later, and that a leader steps
   * down only for a term in which another member led.
   */
  void assertLeadersDidNotOverlap() {
    List<LeaderTerm> leaderTerms = leaderTerms();
    List<Long> terms = leaderTerms.stream().map(LeaderTerm::term).toList();
    assertThat(terms).as(this::logs).isNotEmpty().doesNotHaveDuplicates();
    for (int i = 1; i < leaderTerms.size(); i++) {
      assertThat(leaderTerms.get(i - 1).since())
          .as(this::logs)
          .isBefore(leaderTerms.get(i).since());
    }
    assertThat(all)
        .flatMap(member -> member.log().lines().toList())
        .filteredOn(line -> line.contains(STEPPED_DOWN))
        .flatExtracting(TestCluster::termsOfOthers)
        .as(this::logs)
        .allMatch(terms::contains);
  }

  private static List<Long> termsOfOthers(String line) {
    return OTHERS_TERM
        .matcher(line)
        .results()
        .map(result -> Long.parseLong(result.group(1)))
        .toList();
  }

  /** The time of a line of the log. */
  static Instant timeOf(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  MemberProcess anyOther(MemberProcess than) {
    return others(than).get(0);
  }

  List<MemberProcess> others(MemberProcess than) {
    return all.stream().filter(member -> member != than).toList();
  }

  void await(String what, java.util.function.BooleanSupplier so) {
    MemberProcess.await(
        what,
        () -> {
          if (all.stream().anyMatch(MemberProcess::exitedUnexpectedly)) {
            throw new AssertionError("a member exited unexpectedly\n" + logs());
          }
          return so.getAsBoolean();
        },
        this::logs);
  }

  /** State and log of all members. */
  String logs() {
    return all.stream()
        .map(
            member ->
                "---- "
                    + member.name()
                    + "\n"
                    + member.state()
                    + "\n"
                    + member
                        .log()
                        .lines()
                        .filter(line -> !line.startsWith("WARNING"))
                        .collect(Collectors.joining("\n")))
        .collect(Collectors.joining("\n"));
  }

  /** Gives a node timeouts as long as the test's own. */
  static NodeConfig withLongTimeouts(NodeConfig config) {
    return withLongTimeouts(config, "127.0.0.1");
  }

  /** The same; the node also listens on a host where its peers can fetch its key. */
  static NodeConfig withLongTimeouts(NodeConfig config, String host) {
    String json = "{\"mesh\": {\"stall\": \"5m\", \"host\": \"%s\", \"port\": 0}}".formatted(host);
    return config.with(ConfigReader.read(json).config().orElseThrow().mesh());
  }

  /** Requests some events of a member. Returns why it failed, or empty. */
  static Optional<String> fetchFailure(TestNode asker, MemberProcess member) {
    MeshRequest.FetchOutcome outcome =
        Blocking.await(
            asker
                .node()
                .bus()
                .request(
                    MeshRequest.ADDRESS,
                    new MeshRequest.FetchPage(
                        new MeshRequest.Peer("elephant", member.meshAddress()),
                        new Query.Recent(EVENTS_FETCHED, Query.Filter.ALL),
                        FETCH),
                    FETCH),
            FETCH);
    return switch (outcome) {
      case MeshRequest.PageFetched fetched ->
          fetched.events() == EVENTS_FETCHED
              ? Optional.empty()
              : Optional.of(member.name() + " has " + fetched.events() + " events");
      case MeshRequest.FetchFailed failed ->
          Optional.of(member.name() + ": " + failed.failure() + ", " + failed.reason());
    };
  }

  /** The ids of all events in a member's view, fetched over the mesh. */
  static Set<EventId> viewIds(TestNode looker, MemberProcess member) {
    Set<EventId> ids = new HashSet<>();
    long after = Long.MIN_VALUE;
    while (true) {
      MeshRequest.FetchOutcome outcome =
          Blocking.await(
              looker
                  .node()
                  .bus()
                  .request(
                      MeshRequest.ADDRESS,
                      new MeshRequest.FetchPage(
                          new MeshRequest.Peer("elephant", member.meshAddress()),
                          new Query.Page(after, Query.MAX_EVENTS, Query.Filter.ALL),
                          FETCH),
                      FETCH),
              FETCH);
      if (!(outcome instanceof MeshRequest.PageFetched page)) {
        throw new AssertionError(member.name() + " did not answer: " + outcome);
      }
      page.eventRefs().forEach(ref -> ids.add(ref.id()));
      if (page.nextCursor().isEmpty() || page.events() == 0) {
        return ids;
      }
      after = page.newestTs() - 1 > after ? page.newestTs() - 1 : page.newestTs();
    }
  }

  @Override
  public void close() {
    all.forEach(MemberProcess::close);
  }
}
