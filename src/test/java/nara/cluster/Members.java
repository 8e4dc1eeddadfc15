package nara.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nara.event.EventId;
import nara.ledger.Query;
import nara.mesh.MeshRequest;
import nara.node.Blocking;
import nara.node.ConfigReader;
import nara.node.NodeConfig;
import nara.testing.Citizen;
import nara.testing.TestNode;

/** A whole cluster of processes, and what a test wants to know of it. */
final class Members implements AutoCloseable {
  static final String SOUL = Citizen.named("elephant").identity().soul().encoded();

  /** How long a member may be silent; the machine that tests run on may be very busy. */
  static final Duration DETECTION = Duration.ofSeconds(6);

  private static final Duration FETCH = Duration.ofMinutes(2);

  private final List<MemberProcess> all;

  private Members(List<MemberProcess> all) {
    this.all = all;
  }

  /** Three on loopback, who know these neighbours. */
  static Members three(Path directory, JsonObject extra, String... peers) {
    return start(
        directory,
        Collections.nCopies(3, "127.0.0.1"),
        Collections.nCopies(3, List.of()),
        extra,
        peers);
  }

  static Members start(
      Path directory,
      List<String> hosts,
      List<List<String>> before,
      JsonObject extra,
      String... peers) {
    JsonObject base =
        new JsonObject()
            .put("discovery", new JsonObject().put("peers", new JsonArray(List.of(peers))))
            .put(
                "recovery",
                new JsonObject().put("first_wait", "0s").put("tries", 1).put("call_timeout", "5m"))
            .put("cluster", new JsonObject().put("detection", DETECTION.toSeconds() + "s"))
            .mergeIn(extra.copy(), true);
    return new Members(MemberProcess.start(directory, hosts, before, base));
  }

  List<MemberProcess> all() {
    return all;
  }

  /** Waits until that many are there, as each of them says. */
  void awaitMembers(int count, MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        count + " members",
        () ->
            all.stream()
                .filter(member -> !out.contains(member))
                .allMatch(
                    member ->
                        member
                            .state()
                            .filter(s -> s.getJsonArray("members").size() == count)
                            .isPresent()));
  }

  /** Waits until all but these have caught up and know that the recovery is over. */
  void awaitReady(MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        "all are ready",
        () -> all.stream().filter(member -> !out.contains(member)).allMatch(MemberProcess::ready));
  }

  /** Waits for one that leads, other than these. */
  MemberProcess awaitLeader(MemberProcess... without) {
    Set<MemberProcess> out = Set.of(without);
    await(
        "a leader", () -> all.stream().anyMatch(member -> !out.contains(member) && member.leads()));
    return leader(out).orElseGet(() -> awaitLeader(without));
  }

  private Optional<MemberProcess> leader(Set<MemberProcess> out) {
    return all.stream().filter(m -> !out.contains(m) && m.leads()).findFirst();
  }

  MemberProcess another(MemberProcess than) {
    return all.stream().filter(member -> member != than).findFirst().orElseThrow();
  }

  void await(String what, java.util.function.BooleanSupplier so) {
    MemberProcess.await(
        what,
        () -> {
          if (all.stream().anyMatch(MemberProcess::lost)) {
            throw new AssertionError("a member has ended by itself\n" + logs());
          }
          return so.getAsBoolean();
        },
        this::logs);
  }

  /** What all have said. */
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

  /** Lets a node wait for others as long as a test does. */
  static NodeConfig patient(NodeConfig config) {
    return patient(config, "127.0.0.1");
  }

  /** The same, listening where those who are asked can learn its key. */
  static NodeConfig patient(NodeConfig config, String host) {
    String json = "{\"mesh\": {\"stall\": \"5m\", \"host\": \"%s\", \"port\": 0}}".formatted(host);
    return config.withMesh(ConfigReader.read(json).config().orElseThrow().mesh());
  }

  /** Whether a member answers a request for some of its events. */
  static boolean answers(TestNode asker, MemberProcess member) {
    return Blocking.await(
            asker
                .node()
                .bus()
                .ask(
                    MeshRequest.ADDRESS,
                    new MeshRequest.Fetch(
                        new MeshRequest.Peer("elephant", member.meshAddress()),
                        new Query.Recent(20, Query.Filter.ALL),
                        FETCH),
                    FETCH),
            FETCH)
        instanceof MeshRequest.Fetched;
  }

  /** The ids of all events that a member's view shows, asked for as any neighbour would. */
  static Set<EventId> view(TestNode looker, MemberProcess member) {
    Set<EventId> ids = new HashSet<>();
    long after = Long.MIN_VALUE;
    while (true) {
      MeshRequest.FetchOutcome outcome =
          Blocking.await(
              looker
                  .node()
                  .bus()
                  .ask(
                      MeshRequest.ADDRESS,
                      new MeshRequest.Fetch(
                          new MeshRequest.Peer("elephant", member.meshAddress()),
                          new Query.Page(after, Query.MOST, Query.Filter.ALL),
                          FETCH),
                      FETCH),
              FETCH);
      if (!(outcome instanceof MeshRequest.Fetched page)) {
        throw new AssertionError(member.name() + " did not answer: " + outcome);
      }
      page.stated().forEach(stated -> ids.add(stated.id()));
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
