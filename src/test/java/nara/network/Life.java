package nara.network;

import static nara.network.Village.held;
import static nara.network.Village.holds;
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
    village.until(
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

    assertThat(village.allHold(said)).as(() -> Picture.of(village)).isTrue();
    rounds().forEach((name, now) -> assertThat(now - before.get(name)).isGreaterThanOrEqualTo(2));
  }

  private Map<String, Long> rounds() {
    Map<String, Long> rounds = new TreeMap<>();
    NAMES.forEach(name -> rounds.put(name, Village.gossip(village.node(name)).rounds()));
    return rounds;
  }

  /**
   * It comes back with nothing, has all that had gone round when its recovery is done, and what was
   * still on its way to those whom it asked two rounds later.
   */
  void oneRestartsAndRecovers(String name) {
    village.leave(name);
    village.pass(village.round());
    Duration twoRounds = village.round().multipliedBy(2);
    long wentRound = Event.nanos(village.time().instant().minus(twoRounds));
    Set<EventId> others = new HashSet<>();
    Set<EventId> old = new HashSet<>();
    for (String other : village.names()) {
      for (Event event : held(village.node(other))) {
        // Of pings only the newest five of a target are kept, and there are new ones all the time.
        if (event.service() != Service.PING) {
          others.add(event.id());
          if (event.ts() < wentRound) {
            old.add(event.id());
          }
        }
      }
    }
    TestNode again = village.start(name);
    village.recovered(name);

    assertThat(again.report().outcome()).isEqualTo("complete");
    assertThat(old).isNotEmpty();
    assertThat(holds(again, old)).as(() -> Picture.of(village)).isTrue();
    village.pass(twoRounds);
    assertThat(holds(again, others)).as(() -> Picture.of(village)).isTrue();
    assertThat(village.allSee(name, "ONLINE")).as(() -> Picture.of(village)).isTrue();
  }

  void oneLeavesAndIsOfflineForAll(String name, Duration until) {
    village.leave(name);
    village.pass(until);
    village.until(() -> village.allSee(name, "OFFLINE"));
    village.until(() -> nobodyReaches(name));
  }

  /** Nobody notices at once; after the threshold everybody has. */
  void oneIsKilledAndIsMissingAfter(Duration threshold, String name) {
    assertThat(village.allSee(name, "ONLINE")).as(() -> Picture.of(village)).isTrue();
    village.kill(name);
    assertThat(village.allSee(name, "ONLINE")).as(() -> Picture.of(village)).isTrue();
    // The last word of it or about it may be as young as the kill.
    village.pass(threshold.plusSeconds(1));
    assertThat(village.allSee(name, "MISSING")).as(() -> Picture.of(village)).isTrue();
    // Each pings it in vain first, which is of the real world, and then says so unless others have.
    village.until(
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
    assertThat(village.allHold(said)).as(() -> Picture.of(village)).isTrue();
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
