package nara.network;

import static nara.network.TestNetwork.heldEvents;
import static nara.network.TestNetwork.holds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Seen;
import nara.event.Service;
import nara.testing.TestNode;

/** What eight nodes live through together, the same with a broker and without. */
final class NetworkScenario {
  static final List<String> NAMES =
      List.of("lisa", "bart", "homer", "marge", "maggie", "abe", "ned", "moe");

  private final TestNetwork testNetwork;

  NetworkScenario(TestNetwork network) {
    this.testNetwork = network;
  }

  void allDiscoverEachOther() {
    testNetwork.awaitTrue(
        () -> {
          testNetwork.advance(Duration.ofSeconds(10));
          return NAMES.stream().allMatch(this::seesAllOthers);
        });
    NAMES.forEach(testNetwork::awaitRecovery);
  }

  private boolean seesAllOthers(String name) {
    Set<String> others = new HashSet<>(NAMES);
    others.remove(name);
    return TestNetwork.reachable(testNetwork.node(name)).equals(others);
  }

  /** Everybody says what no broker carries, and after two rounds everybody has heard it all. */
  void eventsReachAllWithinTwoRounds() {
    Map<String, Long> before = rounds();
    List<EventId> said = new ArrayList<>();
    for (String name : NAMES) {
      String id = testNetwork.node(name).node().identity().id();
      said.add(testNetwork.emit(name, new Seen(name, id, "lisa", "", "the window")).id());
    }
    testNetwork.advance(testNetwork.gossipRound().multipliedBy(2));

    assertThat(testNetwork.allHold(said)).as(() -> NetworkDump.of(testNetwork)).isTrue();
    rounds().forEach((name, now) -> assertThat(now - before.get(name)).isGreaterThanOrEqualTo(2));
  }

  private Map<String, Long> rounds() {
    Map<String, Long> rounds = new TreeMap<>();
    NAMES.forEach(name -> rounds.put(name, TestNetwork.gossip(testNetwork.node(name)).rounds()));
    return rounds;
  }

  /**
   * It comes back with nothing, has all that had gone round when its recovery is done, and what was
   * still on its way to those whom it asked two rounds later.
   */
  void restartedNodeRecovers(String name) {
    testNetwork.leave(name);
    testNetwork.advance(testNetwork.gossipRound());
    Duration twoRounds = testNetwork.gossipRound().multipliedBy(2);
    long wentRound = Event.unixNanos(testNetwork.time().instant().minus(twoRounds));
    Set<EventId> others = new HashSet<>();
    Set<EventId> old = new HashSet<>();
    for (String other : testNetwork.names()) {
      for (Event event : heldEvents(testNetwork.node(other))) {
        // Of pings only the newest five of a target are kept, and there are new ones all the time.
        if (event.service() != Service.PING) {
          others.add(event.id());
          if (event.ts() < wentRound) {
            old.add(event.id());
          }
        }
      }
    }
    TestNode again = testNetwork.start(name);
    testNetwork.awaitRecovery(name);

    assertThat(again.report().outcome()).as(() -> again.report().toString()).isEqualTo("complete");
    assertThat(old).isNotEmpty();
    assertThat(holds(again, old)).as(() -> NetworkDump.of(testNetwork)).isTrue();
    testNetwork.advance(twoRounds);
    assertThat(holds(again, others)).as(() -> NetworkDump.of(testNetwork)).isTrue();
    assertThat(testNetwork.allSee(name, "ONLINE")).as(() -> NetworkDump.of(testNetwork)).isTrue();
  }

  void leavingNodeIsOfflineForAll(String name, Duration until) {
    testNetwork.leave(name);
    testNetwork.advance(until);
    testNetwork.awaitTrue(() -> testNetwork.allSee(name, "OFFLINE"));
    testNetwork.awaitTrue(() -> isUnreachableForAll(name));
  }

  /** Nobody notices at once; after the threshold everybody has. */
  void killedNodeIsMissingAfter(Duration threshold, String name) {
    assertThat(testNetwork.allSee(name, "ONLINE")).as(() -> NetworkDump.of(testNetwork)).isTrue();
    testNetwork.kill(name);
    assertThat(testNetwork.allSee(name, "ONLINE")).as(() -> NetworkDump.of(testNetwork)).isTrue();
    // The last word of it or about it may be as young as the kill.
    testNetwork.advance(threshold.plusSeconds(1));
    assertThat(testNetwork.allSee(name, "MISSING")).as(() -> NetworkDump.of(testNetwork)).isTrue();
    // Each pings it in vain first, which is of the real world, and then says so unless others have.
    testNetwork.awaitTrue(
        () -> {
          testNetwork.advance(Duration.ofSeconds(10));
          return isUnreachableForAll(name);
        });
    testNetwork.advance(Duration.ofMinutes(1));
    long all = Event.unixNanos(testNetwork.time().instant());
    testNetwork.advance(testNetwork.gossipRound().multipliedBy(2));
    Set<EventId> said =
        testNetwork.names().stream()
            .flatMap(each -> heldEvents(testNetwork.node(each)).stream())
            .filter(event -> reportsMissing(event, name) && event.ts() < all)
            .map(Event::id)
            .collect(Collectors.toSet());
    assertThat(said).isNotEmpty();
    assertThat(testNetwork.allHold(said)).as(() -> NetworkDump.of(testNetwork)).isTrue();
  }

  private static boolean reportsMissing(Event event, String name) {
    return event.payload() instanceof Observation o
        && o.subject().equals(name)
        && o.onlineState().equals("MISSING");
  }

  private boolean isUnreachableForAll(String name) {
    return testNetwork.names().stream()
        .noneMatch(each -> TestNetwork.reachable(testNetwork.node(each)).contains(name));
  }
}
