package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Service;
import nara.event.Social;
import nara.identity.Standing;
import nara.ledger.InspectionRequest.EventFilter;
import nara.ledger.InspectionRequest.EventList;
import nara.ledger.InspectionRequest.Position;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerInspectionTest {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final Ledger ledger = new Ledger(LedgerConfig.ofSize(5_000), n -> Standing.ESTABLISHED);

  @Test
  void list_gives_the_same_as_a_sorted_scan_for_any_filter_and_page() {
    Random random = new Random(7);
    List<Event> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      // Few times, so that many events have the same.
      long ts = 1 + random.nextInt(200);
      all.add(TestEvents.event(ts, payload(random)));
    }
    all.forEach(event -> ledger.merge(TestEvents.allUnsigned(event)));
    List<Event> held = new ArrayList<>(ledger.export());
    held.sort(Comparator.<Event>comparingLong(Event::ts).thenComparing(Event::id).reversed());

    for (int run = 0; run < 500; run++) {
      Set<String> services = random.nextBoolean() ? Set.of() : Set.of(anyService(random));
      Set<String> subjects = random.nextBoolean() ? Set.of() : Set.of("n" + random.nextInt(6));
      long after = random.nextBoolean() ? Long.MIN_VALUE : random.nextInt(200);
      long before = random.nextBoolean() ? NO_LIMIT : random.nextInt(220);
      Optional<Position> below =
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(held.get(random.nextInt(held.size())))
                  .map(event -> new Position(event.ts(), event.id()));
      int offset = random.nextInt(40);
      int limit = 1 + random.nextInt(40);
      List<Event> passing =
          held.stream()
              .filter(
                  e ->
                      (services.isEmpty() || services.contains(e.service().wireName()))
                          && (subjects.isEmpty()
                              || subjects.contains(e.actor())
                              || subjects.contains(e.target()))
                          && e.ts() >= after
                          && e.ts() <= before)
              .toList();
      List<Event> lower =
          passing.stream()
              .filter(
                  e ->
                      below.isEmpty()
                          || e.ts() < below.get().ts()
                          || e.ts() == below.get().ts() && e.id().compareTo(below.get().id()) < 0)
              .toList();

      EventList list =
          ledger
              .inspection()
              .list(new EventFilter(services, subjects, after, before, below), offset, limit);

      assertThat(list.events().stream().map(JudgedEvent::event))
          .isEqualTo(lower.stream().skip(offset).limit(limit).toList());
      assertThat(list.total()).isEqualTo(passing.size());
      assertThat(list.hasMore()).isEqualTo(lower.size() > offset + limit);
    }
  }

  @Test
  void found_event_has_its_place_in_the_ledger() {
    Event first = TestEvents.event(5, tease("bart", "lisa"));
    Event second = TestEvents.event(6, tease("bart", "lisa"));
    ledger.merge(TestEvents.allUnsigned(second, first));

    InspectionRequest.FoundEvent found = ledger.inspection().find(second.id());

    assertThat(found.event().orElseThrow().event()).isSameAs(second);
    assertThat(found.index()).isEqualTo(1);
    assertThat(found.total()).isEqualTo(2);
    assertThat(ledger.inspection().find(Event.idOf(1, second.service(), "other")).event())
        .isEmpty();
  }

  @Test
  void counts_by_time_have_each_event_once() {
    long[] times = {3, 5, 9, 10, 11, 20, 20_000};
    for (long ts : times) {
      ledger.merge(
          TestEvents.allUnsigned(
              TestEvents.event(ts, tease("bart", "lisa")),
              TestEvents.event(ts, checkpoint("bart", ts))));
    }

    InspectionRequest.TimeCounts all =
        ledger.inspection().countByTime(OptionalLong.empty(), OptionalLong.empty(), 7);
    InspectionRequest.TimeCounts part =
        ledger.inspection().countByTime(OptionalLong.of(5), OptionalLong.of(12), 4);

    assertThat(all.startNanos()).isEqualTo(3);
    assertThat(sum(all, Service.SOCIAL)).isEqualTo(times.length);
    assertThat(sum(all, Service.CHECKPOINT)).isEqualTo(times.length);
    assertThat(all.byService()).doesNotContainKey(Service.PING);
    assertThat(part.spanNanos()).isEqualTo(2);
    assertThat(part.byService().get(Service.SOCIAL)).containsExactly(1, 0, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 72, 240})
  void counts_by_time_hold_for_any_range(int spans) {
    ledger.merge(TestEvents.allUnsigned(TestEvents.event(5, tease("bart", "lisa"))));

    for (long after : new long[] {Long.MIN_VALUE, 0, 5}) {
      for (long before : new long[] {5, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
        InspectionRequest.TimeCounts counts =
            ledger.inspection().countByTime(OptionalLong.of(after), OptionalLong.of(before), spans);
        assertThat(sum(counts, Service.SOCIAL)).as(after + " to " + before).isEqualTo(1);
        assertThat(counts.byService().get(Service.SOCIAL)).hasSize(spans);
      }
    }
    assertThat(
            sum(
                ledger.inspection().countByTime(OptionalLong.of(6), OptionalLong.of(2), spans),
                Service.SOCIAL))
        .isZero();
  }

  private static int sum(InspectionRequest.TimeCounts counts, Service service) {
    return counts.byService().get(service).stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void latest_checkpoints_are_one_for_each_subject() {
    IntStream.range(0, 4)
        .forEach(
            i ->
                ledger.merge(
                    TestEvents.allUnsigned(
                        TestEvents.event(10 + i, checkpoint("bart", 100 + i)),
                        TestEvents.event(20 + i, checkpoint("lisa", 100 + i)))));

    assertThat(ledger.inspection().latestCheckpoints(10).stream().map(e -> e.event().ts()))
        .containsExactly(23L, 13L);
    assertThat(ledger.inspection().latestCheckpoints(1)).hasSize(1);
  }

  @Test
  void teases_are_counted_until_they_leave_the_ledger() {
    Event first = TestEvents.event(5, tease("bart", "lisa"));
    ledger.merge(
        TestEvents.allUnsigned(
            first,
            TestEvents.event(6, tease("bart", "lisa")),
            TestEvents.event(7, tease("lisa", "bart")),
            TestEvents.event(8, new Social("observation", "lisa", "", "bart", "", "online", ""))));
    assertThat(ledger.teases().byActor()).containsOnly(entry("bart", 2), entry("lisa", 1));
    assertThat(ledger.teases().byTarget()).containsOnly(entry("lisa", 2), entry("bart", 1));

    ledger.remove(List.of(first));

    assertThat(ledger.teases().byActor()).containsOnly(entry("bart", 1), entry("lisa", 1));
    assertThat(ledger.teases().byTarget()).containsOnly(entry("lisa", 1), entry("bart", 1));
  }

  @Test
  void description_names_the_newest_report_and_counts_observations_of_the_subject_only() {
    ledger.merge(
        TestEvents.allUnsigned(
            TestEvents.event(TestEvents.SECOND, restart("lisa", "bart")),
            TestEvents.event(TestEvents.SECOND, restart("bart", "lisa")),
            TestEvents.event(3 * TestEvents.SECOND, new Ping("lisa", "", "bart", "", 2))));

    InspectionRequest.SubjectDescription bart =
        ledger.inspection().describe(List.of("bart"), 4).get("bart");

    assertThat(bart.observations()).isEqualTo(1);
    assertThat(bart.summary().status()).isEqualTo("ONLINE");
    assertThat(bart.lastReport().orElseThrow().observer()).isEqualTo("lisa");
    assertThat(bart.lastReport().orElseThrow().atNanos()).isEqualTo(3 * TestEvents.SECOND);
  }

  @Test
  void additions_are_kept_on_request_and_are_exactly_what_merges_add() {
    Random random = new Random(3);
    Ledger small = new Ledger(LedgerConfig.ofSize(40), n -> Standing.ESTABLISHED);
    small.merge(TestEvents.allUnsigned(TestEvents.event(1, tease("before", "watched"))));
    assertThat(small.takeAdditions()).isEmpty();
    small.keepAdditions(true);
    Set<String> told = new HashSet<>();
    int added = 0;
    for (int i = 0; i < 60; i++) {
      List<JudgedEvent> batch = new ArrayList<>();
      for (int j = 0; j < 5; j++) {
        batch.add(TestEvents.unsigned(TestEvents.event(1 + random.nextInt(99), payload(random))));
      }
      added += small.merge(batch).added();
      List<Event> additions = small.takeAdditions();
      assertThat(small.export()).containsAll(additions);
      additions.forEach(event -> told.add(event.ts() + " " + event.id()));
      assertThat(small.takeAdditions()).isEmpty();
    }

    assertThat(told).hasSizeLessThanOrEqualTo(added).isNotEmpty();
    small.keepAdditions(false);
    small.merge(TestEvents.allUnsigned(TestEvents.event(1_000, tease("after", "watched"))));
    assertThat(small.takeAdditions()).isEmpty();
  }

  private static Map.Entry<String, Integer> entry(String name, int count) {
    return Map.entry(name, count);
  }

  private static String anyService(Random random) {
    return List.of("social", "ping", "observation", "chau").get(random.nextInt(4));
  }

  private static Payload payload(Random random) {
    String one = "n" + random.nextInt(6);
    String other = "n" + random.nextInt(6);
    return switch (random.nextInt(3)) {
      case 0 -> tease(one, other);
      case 1 -> restart(one, other);
      default -> new Ping(one, "", other, "", 1 + random.nextInt(90));
    };
  }

  private static Social tease(String actor, String target) {
    return new Social("tease", actor, "", target, "", "random", "");
  }

  private static Observation restart(String observer, String subject) {
    return new Observation(
        observer, "", subject, "", Observation.RESTART, 3, false, 5, 1, 5, "", "", 0);
  }

  private static Checkpoint checkpoint(String subject, long asOf) {
    return new Checkpoint(
        2,
        subject,
        "id-" + subject,
        "",
        new Checkpoint.AgreedValues(1, 2, 3),
        asOf,
        1,
        List.of(),
        List.of());
  }
}
