package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nara.event.EventId;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryConfig;
import nara.testing.RecordCopy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages rung against peers that answer as the reference does: cutting equal times apart. */
class PagesRungTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);

  @ParameterizedTest
  @CsvSource({"1, 20000", "4, 20000", "8, 80000", "4, 320"})
  void equal_neighbours_are_walked_once_between_them(int peers, int events) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(events, i -> i * 1_000);
    for (int i = 0; i < peers; i++) {
      network.addPeer("p" + i, all);
    }
    network.recover(CONFIG);

    assertThat(network.held.keySet()).hasSize(events);
    if (events > 1_000) {
      assertThat(network.fetched).isLessThan((long) (1.1 * events));
      assertThat(network.calls.values()).allMatch(calls -> calls > 3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 8})
  void each_event_with_two_of_them_is_recovered_whole(int peers) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(30_000, i -> i * 1_000);
    SplittableRandom random = new SplittableRandom(1);
    List<List<EventRef>> parts = parts(peers);
    for (EventRef event : all) {
      int first = random.nextInt(peers);
      parts.get(first).add(event);
      parts.get((first + 1 + random.nextInt(peers - 1)) % peers).add(event);
    }
    for (int i = 0; i < peers; i++) {
      network.addPeer("p" + i, parts.get(i));
    }
    network.recover(CONFIG);
    assertThat(network.held.size()).isGreaterThanOrEqualTo((int) (0.999 * all.size()));
    assertThat(network.fetched).isLessThan((long) (1.15 * 2 * all.size()));
  }

  @Test
  void disjoint_neighbours_are_all_walked() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(40_000, i -> i * 1_000);
    List<List<EventRef>> parts = parts(4);
    for (int i = 0; i < all.size(); i++) {
      parts.get(i % 4).add(all.get(i));
    }
    for (int i = 0; i < 4; i++) {
      network.addPeer("p" + i, parts.get(i));
    }
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.fetched).isLessThan((long) (1.15 * all.size()));
  }

  @Test
  void a_neighbour_that_alone_holds_one_percent_of_everything_is_found() {
    for (int seed = 0; seed < 10; seed++) {
      SimulatedNetwork network = new SimulatedNetwork();
      List<EventRef> all = network.makeEvents(80_000, i -> i * 1_000);
      SplittableRandom random = new SplittableRandom(seed);
      List<EventRef> common = all.stream().filter(e -> random.nextInt(100) > 0).toList();
      for (int i = 0; i < 3; i++) {
        network.addPeer("p" + i, common);
      }
      network.addPeer("rich", all);
      network.recover(CONFIG);
      assertThat(network.held.size()).isGreaterThanOrEqualTo((int) (0.999 * all.size()));
      assertThat(network.fetched).isLessThan((long) (1.15 * all.size()));
    }
  }

  @Test
  void a_single_event_that_one_of_nearly_equal_neighbours_holds_alone_is_found() {
    for (int seed = 0; seed < 20; seed++) {
      SimulatedNetwork network = new SimulatedNetwork();
      SplittableRandom random = new SplittableRandom(seed);
      List<EventRef> all = network.makeEvents(2_000 + random.nextInt(20_000), i -> i * 1_000);
      int onlyA = random.nextInt(all.size());
      int onlyB = random.nextInt(all.size());
      network.addPeer("a", without(all, onlyB));
      network.addPeer("b", without(all, onlyA));
      network.addPeer("c", without(without(all, Math.max(onlyA, onlyB)), Math.min(onlyA, onlyB)));
      network.recover(CONFIG);
      if (Math.abs(onlyA - onlyB) > 2 * PagesLimits.COARSE_STEP) {
        assertThat(network.held.keySet()).as("seed %d", seed).hasSize(all.size());
      }
      assertThat(network.fetched).isLessThan((long) (1.15 * all.size() + 2 * 5_000));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1000000", "2, 1300000"})
  void very_large_ledger_is_recovered_whole_in_full_pages(int peers, int events) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(events, i -> i * 1_000L);
    for (int i = 0; i < peers; i++) {
      network.addPeer("p" + i, all);
    }
    network.recover(RecordCopy.with(CONFIG, "maxEvents", 2_000_000));

    assertThat(network.held).hasSize(events);
    assertThat(network.peerScores.droppedPeers()).isEmpty();
    assertThat(network.fetched).isLessThan((long) (1.1 * events));
    assertThat(network.requests.size()).isLessThan(events / 4_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 20})
  void what_others_hold_is_recovered_whole_when_the_largest_ledger_is_cut_off(int responses) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(60_000, i -> i * 1_000L);
    SplittableRandom random = new SplittableRandom(3);
    List<EventRef> common = all.stream().filter(e -> random.nextInt(100) > 0).toList();
    for (String name : List.of("a", "b", "c")) {
      network.addPeer(name, common);
    }
    network.addPeer("all", all);
    int[] answered = {0};
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("all") && answered[0]++ >= responses
                ? new FetchFailed(MeshFailure.UNREACHABLE, "connection refused")
                : answer);
    PagesRung rung = network.recover(RecordCopy.with(CONFIG, "maxEvents", 2_000_000));

    assertThat(common).allMatch(event -> network.held.containsKey(event.id()));
    assertThat(rung.lossDescription()).isNotEmpty();
  }

  @Test
  void oldest_part_beyond_the_sketch_is_recovered_in_full_pages() {
    SimulatedNetwork network = new SimulatedNetwork();
    int events = 300_000;
    network.addPeer("p", network.makeEvents(events, i -> i * 1_000L));
    // It sends a hundred points of any number, as a ledger of 20 times the size would.
    network.filteringResponses(
        (peer, query, answer) ->
            query instanceof Query.Slice && answer instanceof PageFetched page
                ? network.withEvents(
                    page,
                    page.eventRefs()
                        .subList(Math.max(0, page.events() - 100), page.eventRefs().size()))
                : answer);
    network.recover(RecordCopy.with(CONFIG, "maxEvents", 2_000_000));

    assertThat(network.held).hasSize(events);
    assertThat(network.peerScores.droppedPeers()).isEmpty();
    assertThat(network.requests.size()).isLessThan(events / 3_000 + 20);
  }

  @Test
  void many_events_of_one_peer_do_not_end_the_walk_through_the_ledger_of_another() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(34_000, i -> i * 1_000L);
    network.addPeer("fast", all.subList(9_000, 34_000));
    network.addPeer("slow", all.subList(0, 9_000));
    network.recover(RecordCopy.with(CONFIG, "maxEvents", 20_000));

    assertThat(network.held.keySet())
        .containsAll(all.subList(0, 9_000).stream().map(EventRef::id).toList());
  }

  @Test
  void held_events_that_are_verified_again_show_no_omission() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
    all.forEach(event -> network.verifiedAgain.add(event.id()));
    List<String> names = List.of("a", "b", "c", "d");
    names.forEach(name -> network.addPeer(name, all));
    network.recover(CONFIG);

    assertThat(network.fetched).isLessThan((long) (1.06 * all.size()));
    assertThat(names).noneMatch(name -> network.peerScores.of(name).suspect());
  }

  private static List<EventRef> without(List<EventRef> events, int index) {
    List<EventRef> others = new ArrayList<>(events);
    others.remove(index);
    return others;
  }

  @Test
  void a_time_that_one_neighbour_alone_remembers_is_recovered_when_all_are_walked() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
    network.addPeer("new", all.subList(19_000, 20_000));
    network.addPeer("old", all.subList(0, 19_500));
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 100, 4_999, 5_000, 5_001, 12_000, 20_000})
  void equal_timestamps_at_page_boundaries_are_never_lost(int perInstant) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(20_000, i -> i / perInstant * 1_000L);
    network.addPeer("a", all);
    network.addPeer("b", all);
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.peerScores.droppedPeers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "40000, 1", "94000, 1", "0, 3", "40000, 3"})
  void an_instant_that_no_page_can_hold_is_recovered_wherever_it_lies(int from, int peers) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all =
        network.makeEvents(100_000, i -> (i < from || i >= from + 6_000 ? i : from) * 1_000L);
    for (int i = 0; i < peers; i++) {
      network.addPeer("p" + i, all);
    }
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.peerScores.droppedPeers()).isEmpty();
    assertThat(network.fetched).isLessThan((long) (2.6 * all.size()));
  }

  @Test
  void an_instant_that_no_page_can_hold_is_recovered_from_who_cannot_be_measured() {
    SimulatedNetwork network = new SimulatedNetwork();
    network.addPeer("a", network.makeEvents(60_000, i -> i < 9_000 ? 0L : i * 1_000L));
    network.filteringResponses(
        (peer, query, answer) ->
            query instanceof Query.Slice slice && slice.total() == PagesLimits.COARSE_STEP
                ? new FetchFailed(MeshFailure.STATUS, "500")
                : answer);
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(60_000);
  }

  @Test
  void slices_without_an_end_are_given_up() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    network.addPeer("honest", all);
    List<EventRef> instant = network.makeEvents(20_000, i -> 0L);
    network.addPeer("endless", instant);
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("endless") && query instanceof Query.Slice slice && slice.total() < 900
                ? network.fetched(peer, instant.subList(0, slice.maxEvents()), Optional.empty())
                : answer);
    network.recover(CONFIG);
    assertThat(network.held.keySet()).containsAll(all.stream().map(EventRef::id).toList());
    assertThat(network.calls.get("endless")).isLessThan(100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20, 100})
  void pages_of_few_events_with_a_cursor_leave_the_range_open(int most) {
    SimulatedNetwork network = new SimulatedNetwork();
    network.addPeer("stingy", network.makeEvents(3_000, i -> i * 1_000));
    network.limitResponses("stingy", most);
    PagesRung rung = network.recover(CONFIG);

    assertThat(rung.lossDescription().isEmpty()).isEqualTo(network.held.size() == 3_000);
    assertThat(network.calls.get("stingy")).isLessThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE + 1, Long.MAX_VALUE - 1})
  void an_event_of_an_absurd_time_does_not_hold_anything_up(long absurd) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
    List<EventRef> odd = new ArrayList<>(all);
    odd.add(new EventRef(absurd, new EventId(-1, absurd)));
    network.addPeer("a", all);
    network.addPeer("odd", odd);
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(odd.size());
    assertThat(network.calls.values().stream().mapToInt(n -> n).sum()).isLessThan(120);
  }

  @Test
  void all_events_in_one_hundredth_of_the_time_are_still_shared_out() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all =
        network.makeEvents(80_000, i -> i < 10 ? i * 100_000_000L : 900_000_000L + i * 100);
    for (int i = 0; i < 4; i++) {
      network.addPeer("p" + i, all);
    }
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.calls.values()).allMatch(calls -> calls > 4);
  }

  @Test
  void range_of_a_failed_peer_is_reassigned() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(40_000, i -> i * 1_000);
    network.addPeer("good", all);
    network.addPeer("dies", all);
    int[] answers = {0};
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("dies") && answers[0]++ > 6
                ? new FetchFailed(MeshFailure.UNREACHABLE, "gone")
                : answer);
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.peerScores.failureSummaries()).singleElement().asString().startsWith("dies");
  }

  @Test
  void a_page_that_everybody_fails_is_given_up_after_each_has_tried_and_the_rest_is_recovered() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(60_000, i -> i * 1_000);
    network.addPeer("a", all);
    network.addPeer("b", all);
    network.addPeer("c", all);
    long poison = all.get(20_000).ts();
    int[] failures = {0};
    network.filteringResponses(
        (peer, query, answer) ->
            answer instanceof MeshRequest.PageFetched page
                    && page.oldestTs() <= poison
                    && page.newestTs() >= poison
                    && page.events() > 1_000
                ? failing(failures)
                : answer);

    PagesRung rung = network.recover(CONFIG);

    assertThat(rung.lossDescription()).contains("1 range of time");
    assertThat(failures[0]).isLessThanOrEqualTo(3 * CONFIG.callTries());
    assertThat(network.held.keySet()).hasSizeGreaterThan(30_000);
  }

  private static FetchOutcome failing(int[] failures) {
    failures[0]++;
    return new FetchFailed(MeshFailure.STATUS, "500");
  }

  @Test
  void peer_with_mostly_forged_events_is_asked_last_and_not_dropped() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(40_000, i -> i * 1_000);
    network.addPeer("honest", all);
    List<EventRef> forged = network.makeEvents(40_000, i -> i * 1_000 + 7);
    network.addPeer("liar", forged);
    network.forged.addAll(forged.stream().map(EventRef::id).toList());
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.peerScores.droppedPeers()).isEmpty();
    assertThat(network.peerScores.suspectPeers()).containsExactly("liar");
    assertThat(network.calls.get("liar")).isLessThan(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 50})
  void forger_with_foreign_ids_does_not_prevent_asking_others(int everyNth) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(40_000, i -> i * 1_000);
    network.addPeer("liar", all);
    network.addPeer("honest", all);
    network.addPeer("equal", all);
    for (int i = 0; i < all.size(); i += everyNth) {
      network.forgedBy.computeIfAbsent("liar", liar -> new HashSet<>()).add(all.get(i).id());
    }
    network.recover(CONFIG);
    assertThat(network.held.keySet()).hasSize(all.size());
  }

  @Test
  void cursors_without_an_end_are_given_up() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    network.addPeer("honest", all);
    network.addPeer("endless", all);
    long[] next = {0};
    network.filteringResponses(
        (peer, query, answer) -> {
          if (!peer.equals("endless") || !(query instanceof Query.Page page)) {
            return answer;
          }
          long at = Math.max(page.after(), 0) + 2;
          return network.fetched(
              peer,
              List.of(
                  new EventRef(at, new EventId(++next[0], 9)),
                  new EventRef(at + 1, new EventId(++next[0], 8))),
              Optional.of(at + 1));
        });
    network.recover(CONFIG);
    assertThat(network.held.keySet()).containsAll(all.stream().map(EventRef::id).toList());
    assertThat(network.calls.get("endless")).isLessThan(1_000);
  }

  @Test
  void a_memory_smaller_than_history_gets_the_newest() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(100_000, i -> i * 1_000);
    network.addPeer("a", all);
    network.addPeer("b", all);
    network.recover(RecoveryConfig.defaults(MemoryMode.SHORT));

    Set<EventId> newest = new HashSet<>();
    all.subList(90_000, 100_000).forEach(e -> newest.add(e.id()));
    assertThat(network.held.keySet()).containsAll(newest);
    assertThat(network.fetched).isLessThan(60_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2_000, 20_000})
  void a_full_memory_is_known_although_some_was_held_before(int held) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(100_000, i -> i * 1_000);
    network.maxHeld = MemoryMode.SHORT.maxEvents();
    network.startWith(all.subList(99_000 - held, 99_000));
    network.addPeer("a", all);
    network.addPeer("b", all);
    PagesRung rung = network.recover(RecoveryConfig.defaults(MemoryMode.SHORT));

    Set<EventId> newest = new HashSet<>();
    all.subList(80_000, 100_000).forEach(e -> newest.add(e.id()));
    assertThat(network.held.keySet()).isEqualTo(newest);
    assertThat(network.fetched).isLessThan(60_000);
    assertThat(rung.summary()).contains("the ledger is full");
  }

  @Test
  void announcements_of_every_neighbour_come_before_any_range() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    Set<String> names = Set.of("a", "b", "c");
    names.forEach(name -> network.addPeer(name, all));
    network.recover(CONFIG);

    Set<String> asked = new HashSet<>();
    for (PlanCommand.StartFetch fetch : network.requests) {
      if (fetch.query().filter().services().contains("hey-there")) {
        asked.add(fetch.peer().name());
      } else if (fetch.query() instanceof Query.Page page && page.size() > 200) {
        boolean aboutSelf = !page.filter().subjects().isEmpty();
        assertThat(aboutSelf || asked.equals(names)).isTrue();
      }
    }
    assertThat(asked).isEqualTo(names);
  }

  @Test
  void fast_strangers_are_not_asked_for_announcements_in_place_of_preferred_peers() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    List<String> names = IntStream.range(0, 12).mapToObj(i -> "p" + i).toList();
    names.forEach(name -> network.addPeer(name, all));
    RecoveryConfig config = RecoveryConfig.defaults(MemoryMode.SHORT);
    PagesRung rung = network.start(config);
    Deque<PlanCommand.StartFetch> inFlight = new ArrayDeque<>(fetches(rung, network));
    Set<String> asked = new HashSet<>();
    while (!inFlight.isEmpty() && asked.size() < config.maxPeers()) {
      // The last one that was asked is the fastest.
      PlanCommand.StartFetch fetch = inFlight.removeLast();
      rung.onCallEnded(fetch.callId(), network.answer(fetch.peer().name(), fetch.query()));
      for (PlanCommand.StartFetch next : fetches(rung, network)) {
        inFlight.addLast(next);
        if (next.query().filter().services().contains("hey-there")) {
          asked.add(next.peer().name());
        }
      }
    }

    assertThat(asked).isEqualTo(Set.copyOf(names.subList(0, config.maxPeers())));
  }

  private static List<PlanCommand.StartFetch> fetches(PagesRung rung, SimulatedNetwork network) {
    return rung.startCalls(network.now).stream()
        .filter(PlanCommand.StartFetch.class::isInstance)
        .map(PlanCommand.StartFetch.class::cast)
        .toList();
  }

  @Test
  void peer_that_serves_no_slices_gives_its_announcements_before_any_range() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    List.of("a", "b", "c").forEach(name -> network.addPeer(name, all));
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("c") && query instanceof Query.Slice
                ? new FetchFailed(MeshFailure.UNSUPPORTED, "no slices")
                : answer);
    network.recover(CONFIG);

    int announcements = -1;
    int range = -1;
    for (int i = 0; i < network.requests.size(); i++) {
      Query query = network.requests.get(i).query();
      if (query.filter().services().contains("hey-there")
          && network.requests.get(i).peer().name().equals("c")) {
        announcements = i;
      } else if (range < 0
          && query instanceof Query.Page page
          && page.filter().equals(Query.Filter.ALL)) {
        range = i;
      }
    }
    assertThat(announcements).isNotNegative().isLessThan(range);
  }

  /** The calls in flight are fewer than the peers: no sketch waits for announcements. */
  @Test
  void sketches_of_many_peers_come_before_their_announcements() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    for (int i = 0; i < 40; i++) {
      network.addPeer("p" + i, all);
    }
    network.recover(CONFIG);

    List<Query> first =
        network.requests.stream().limit(80).map(PlanCommand.StartFetch::query).toList();
    assertThat(first.stream().filter(Query.Slice.class::isInstance)).hasSizeGreaterThan(70);
  }

  /**
   * Its sketch is that of the honest peers, and the number of events of each range is right. In its
   * pages it gives events of its own in the place of some.
   */
  @ParameterizedTest
  @CsvSource({"1, 9000, 0.01", "1, 9000, 0.05", "2, 9000, 0.05", "1, 80000, 0.01", "1, 9000, 0.5"})
  void events_that_a_peer_replaces_by_its_own_are_found(int honest, int events, double share) {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(events, i -> i * 1_000);
    for (int i = 0; i < honest; i++) {
      network.addPeer("honest" + i, all);
    }
    network.addPeer("liar", all);
    Map<EventId, EventRef> replacements = new HashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (EventRef event : all) {
      if (random.nextDouble() < share) {
        EventRef own = network.makeEvents(1, i -> 0).getFirst();
        replacements.put(event.id(), new EventRef(event.ts(), own.id()));
      }
    }
    network.replacing("liar", replacements);
    network.recover(CONFIG);

    assertThat(network.held.keySet()).containsAll(all.stream().map(EventRef::id).toList());
    assertThat(network.fetched).isLessThan(5L * events);
  }

  @Test
  void full_thoroughness_walks_everybody() {
    SimulatedNetwork network = new SimulatedNetwork();
    List<EventRef> all = network.makeEvents(10_000, i -> i * 1_000);
    network.addPeer("a", all);
    network.addPeer("b", all);
    network.recover(RecordCopy.with(CONFIG, "thoroughness", RecoveryConfig.Thoroughness.FULL));
    assertThat(network.fetched).isGreaterThanOrEqualTo(2L * all.size());
  }

  private static List<List<EventRef>> parts(int count) {
    List<List<EventRef>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
    return parts;
  }
}
