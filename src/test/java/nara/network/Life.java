package nara.network;

import static nara.network.Village.held;
import static nara.network.Village.holds;
import static nara.network.Village.until;
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
final class Life {
  static final List<String> NAMES =
      List.of("lisa", "bart", "homer", "marge", "maggie", "abe", "ned", "moe");

  private final Village village;

  Life(Village village) {
    this.village = village;
  }

  void allFindEachOther() {
    until(
        () -> {
          village.pass(Duration.ofSeconds(10));
          return NAMES.stream().allMatch(this::seesAllOthers);
        });
    NAMES.forEach(village::recovered);
  }

  private boolean seesAllOthers(String name) {
    Set<String> others = new HashSet<>(NAMES);
    others.remove(name);
    return Village.reachable(village.node(name)).equals(others);
  }

  /** Everybody says what no broker carries, and after two rounds everybody has heard it all. */
  void whatHappensToOneReachesAllWithinTwoRounds() {
    Map<String, Long> before = rounds();
    List<EventId> said = new ArrayList<>();
    for (String name : NAMES) {
      String id = village.node(name).node().identity().id();
      said.add(village.say(name, new Seen(name, id, "lisa", "", "the window")).id());
    }
    village.pass(village.round().multipliedBy(2));

    assertThat(village.allHold(said)).isTrue();
    rounds().forEach((name, now) -> assertThat(now - before.get(name)).isGreaterThanOrEqualTo(2));
  }

  private Map<String, Long> rounds() {
    Map<String, Long> rounds = new TreeMap<>();
    NAMES.forEach(name -> rounds.put(name, Village.gossip(village.node(name)).rounds()));
    return rounds;
  }

  /** It comes back with nothing, and has all that the others had when it came. */
  void oneRestartsAndRecovers(String name) {
    village.leave(name);
    village.pass(village.round());
    Set<EventId> others = new HashSet<>();
    for (String other : village.names()) {
      // Of pings only the newest five of a target are kept, and there are new ones all the time.
      held(village.node(other)).stream()
          .filter(event -> event.service() != Service.PING)
          .map(Event::id)
          .forEach(others::add);
    }
    TestNode again = village.start(name);
    village.recovered(name);

    assertThat(again.report().outcome()).isEqualTo("complete");
    assertThat(again.report().events().merged()).isGreaterThanOrEqualTo(others.size());
    assertThat(holds(again, others)).isTrue();
    village.pass(village.round().multipliedBy(2));
    assertThat(village.allSee(name, "ONLINE")).isTrue();
  }

  void oneLeavesAndIsOfflineForAll(String name, Duration until) {
    village.leave(name);
    village.pass(until);
    until(() -> village.allSee(name, "OFFLINE"));
    until(() -> nobodyReaches(name));
  }

  /** Nobody notices at once; after the threshold everybody has. */
  void oneIsKilledAndIsMissingAfter(Duration threshold, String name) {
    assertThat(village.allSee(name, "ONLINE")).isTrue();
    village.kill(name);
    assertThat(village.allSee(name, "ONLINE")).isTrue();
    // The last word of it or about it may be as young as the kill.
    village.pass(threshold.plusSeconds(1));
    assertThat(village.allSee(name, "MISSING")).isTrue();
    // Each pings it in vain first, which is of the real world, and then says so unless others have.
    until(
        () -> {
          village.pass(Duration.ofSeconds(10));
          return nobodyReaches(name);
        });
    village.pass(Duration.ofMinutes(1));
    long all = Event.nanos(village.time().instant());
    village.pass(village.round().multipliedBy(2));
    Set<EventId> said =
        village.names().stream()
            .flatMap(each -> held(village.node(each)).stream())
            .filter(event -> tellsMissing(event, name) && event.ts() < all)
            .map(Event::id)
            .collect(Collectors.toSet());
    assertThat(said).isNotEmpty();
    assertThat(village.allHold(said)).isTrue();
  }

  private static boolean tellsMissing(Event event, String name) {
    return event.payload() instanceof Observation o
        && o.subject().equals(name)
        && o.onlineState().equals("MISSING");
  }

  private boolean nobodyReaches(String name) {
    return village.names().stream()
        .noneMatch(each -> Village.reachable(village.node(each)).contains(name));
  }
}
