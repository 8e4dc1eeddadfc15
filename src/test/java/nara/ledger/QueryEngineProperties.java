package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Seen;
import nara.event.Service;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.CheckpointPage;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query.Filter;
import nara.ledger.index.EventIndex;
import nara.ledger.index.StoredEvent;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class QueryEngineProperties {
  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  @Property(tries = 300)
  void pages_return_each_event_once(
      @ForAll Random random,
      @ForAll @IntRange(max = 600) int size,
      @ForAll @IntRange(min = 1, max = 60) int times,
      @ForAll @IntRange(min = 1, max = 50) int pageSize) {
    Ledger ledger = ledger(random, size, times);
    Filter filter = filter(random);
    List<Event> walked = new ArrayList<>();
    Optional<Long> cursor = Optional.of(Long.MIN_VALUE);
    while (cursor.isPresent()) {
      long after = cursor.get();
      QueryResult page = ledger.query(new Query.Page(after, pageSize, filter), random);
      assertThat(page.events()).allMatch(event -> event.ts() > after);
      if (page.events().size() > pageSize) {
        // A page exceeds its size only when all its events have one time.
        assertThat(page.events().stream().map(Event::ts).distinct()).hasSize(1);
      }
      page.nextCursor().ifPresent(next -> assertThat(page.events().getLast().ts()).isEqualTo(next));
      walked.addAll(page.events());
      cursor = page.nextCursor();
    }

    assertThat(walked).isEqualTo(passing(ledger, filter));
  }

  @Property(tries = 300)
  void pages_within_a_byte_limit_return_each_event_once(
      @ForAll Random random,
      @ForAll @IntRange(max = 300) int size,
      @ForAll @IntRange(min = 1, max = 3_000) int maxBytes) {
    EventIndex index = new EventIndex();
    List<Event> all = new ArrayList<>();
    for (int ts = 1; ts <= size; ts++) {
      String padding = "x".repeat(random.nextInt(900));
      all.add(TestEvents.event(ts, padding, new Seen("a", "", "b", "", "x")));
      index.add(StoredEvent.of(all.getLast(), Verdict.UNSIGNED));
    }
    QueryEngine engine = new QueryEngine(index, maxBytes);
    List<Event> walked = new ArrayList<>();
    Optional<Long> cursor = Optional.of(Long.MIN_VALUE);
    while (cursor.isPresent()) {
      QueryResult page = engine.execute(new Query.Page(cursor.get(), 50, Filter.ALL), random);
      assertThat(page.events().size() <= 1 || bytes(page.events()) <= maxBytes).isTrue();
      walked.addAll(page.events());
      cursor = page.nextCursor();
    }

    assertThat(walked).isEqualTo(all);
    for (Query query :
        List.of(
            new Query.Recent(100, Filter.ALL),
            new Query.Slice(0, 0, 2, 100, Filter.ALL),
            new Query.Sample(100, "a", 0, Filter.ALL))) {
      List<Event> events = engine.execute(query, random).events();
      assertThat(events.size() <= 1 || bytes(events) <= maxBytes).isTrue();
      assertThat(events.isEmpty()).isEqualTo(all.isEmpty());
    }
  }

  private static long bytes(List<Event> events) {
    return events.stream().mapToLong(event -> event.json().length).sum();
  }

  @Property(tries = 300)
  void recent_and_slices_match_a_full_scan(
      @ForAll Random random,
      @ForAll @IntRange(max = 600) int size,
      @ForAll @IntRange(min = 1, max = 600) int times,
      @ForAll @IntRange(max = 100) int most,
      @ForAll @IntRange(min = 1, max = 5) int total) {
    Ledger ledger = ledger(random, size, times);
    Filter filter = filter(random);
    List<Event> passing = passing(ledger, filter);

    assertThat(ledger.query(new Query.Recent(most, filter), random).events())
        .isEqualTo(newest(passing, most).reversed());
    long after = random.nextInt(times + 1);
    int index = random.nextInt(total);
    List<Event> later = passing.stream().filter(e -> e.ts() > after).toList();
    List<Event> sliced = new ArrayList<>();
    for (int i = index; i < later.size(); i += total) {
      sliced.add(later.get(i));
    }
    assertThat(ledger.query(new Query.Slice(after, index, total, most, filter), random).events())
        .isEqualTo(newest(sliced, most));
  }

  @Property(tries = 300)
  void sample_contains_the_critical_events_and_fills_up_with_others(
      @ForAll Random random,
      @ForAll @IntRange(max = 400) int size,
      @ForAll @IntRange(max = 300) int wanted) {
    Ledger ledger = ledger(random, size, 1_000);
    Filter filter = filter(random);
    List<Event> passing = passing(ledger, filter);
    List<Event> critical = passing.stream().filter(Event::isCritical).toList();

    List<Event> sample =
        ledger.query(new Query.Sample(wanted, "a", 2_000, filter), random).events();

    assertThat(sample).hasSize(Math.min(wanted, passing.size()));
    assertThat(passing).containsAll(sample);
    assertThat(sample).doesNotHaveDuplicates().isSortedAccordingTo(StoredEvent::compare);
    if (critical.size() >= wanted) {
      assertThat(sample).isEqualTo(critical.subList(0, wanted));
    } else {
      assertThat(sample).containsAll(critical);
    }
  }

  @Example
  void events_are_sampled_in_proportion_to_their_weights() {
    // The event about the responder weighs double, so 2 of 3 samples of one event contain it.
    Event mine = TestEvents.event(TestEvents.SECOND, new Seen("me", "", "b", "", "x"));
    Event other = TestEvents.event(TestEvents.SECOND, new Seen("c", "", "b", "", "x"));
    // At this age the weight has fallen to 1/e, so 1/(1 + e) of the samples contain the event.
    long age = (long) (720 * 0.693 * 3_600);
    Event fresh = TestEvents.event(age * TestEvents.SECOND, new Seen("d", "", "b", "", "x"));

    assertThat(share(mine, other, 1, "me")).isBetween(0.64, 0.69);
    assertThat(share(fresh, other, age, "me")).isBetween(0.71, 0.75);
  }

  private static double share(Event one, Event two, long atSeconds, String me) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(10), name -> Standing.ESTABLISHED);
    ledger.merge(List.of(TestEvents.unsigned(one), TestEvents.unsigned(two)));
    Random random = new Random(7);
    int drawn = 0;
    for (int i = 0; i < 20_000; i++) {
      Query sample = new Query.Sample(1, me, atSeconds, Filter.ALL);
      drawn += ledger.query(sample, random).events().contains(one) ? 1 : 0;
    }
    return drawn / 20_000.0;
  }

  @Example
  void first_page_contains_an_event_at_the_earliest_possible_time() {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(10), name -> Standing.ESTABLISHED);
    Event first = TestEvents.event(Long.MIN_VALUE, new Seen("a", "", "b", "", "x"));
    ledger.merge(List.of(TestEvents.unsigned(first)));

    assertThat(ledger.query(new Query.Page(Long.MIN_VALUE, 5, Filter.ALL), new Random()).events())
        .containsExactly(first);
  }

  @Example
  void checkpoint_page_starts_at_its_offset_and_has_the_total() {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(1_000), name -> Standing.ESTABLISHED);
    List<Event> checkpoints = new ArrayList<>();
    for (int i = 1; i <= 400; i++) {
      checkpoints.add(TestEvents.event(i, checkpoint("a", i)));
    }
    checkpoints.forEach(c -> ledger.merge(List.of(TestEvents.unsigned(c))));

    assertThat(ledger.checkpoints(0, 1_000)).isEqualTo(new CheckpointPage(checkpoints, 400));
    assertThat(ledger.checkpoints(390, 5).events()).isEqualTo(checkpoints.subList(390, 395));
    assertThat(ledger.checkpoints(390, Integer.MAX_VALUE).events()).hasSize(10);
    assertThat(ledger.checkpoints(400, 5).events()).isEmpty();
    assertThat(ledger.checkpoints(-1, 5).events()).isEmpty();
  }

  private static List<Event> newest(List<Event> events, int most) {
    return events.subList(Math.max(0, events.size() - most), events.size());
  }

  private static List<Event> passing(Ledger ledger, Filter filter) {
    return ledger.export().stream()
        .filter(
            e -> filter.services().isEmpty() || filter.services().contains(e.service().wireName()))
        .filter(
            e ->
                filter.subjects().isEmpty()
                    || filter.subjects().contains(e.actor())
                    || filter.subjects().contains(e.target()))
        .toList();
  }

  private static Filter filter(Random random) {
    Set<String> services = new HashSet<>();
    if (random.nextBoolean()) {
      services.add(Service.values()[random.nextInt(Service.values().length)].wireName());
      services.add(random.nextBoolean() ? "seen" : "no-such-service");
    }
    Set<String> subjects = new HashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      subjects.add(random.nextInt(9) == 0 ? "nobody" : NAMES.get(random.nextInt(NAMES.size())));
    }
    return new Filter(services, subjects);
  }

  private static Ledger ledger(Random random, int size, int times) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), name -> Standing.ESTABLISHED);
    for (int i = 0; i < size; i++) {
      String who = NAMES.get(random.nextInt(NAMES.size()));
      String whom = NAMES.get(random.nextInt(NAMES.size()));
      long ts = 1 + random.nextInt(times);
      Event event =
          switch (random.nextInt(8)) {
            case 0 -> TestEvents.event(ts, new HeyThere(who, "k" + i, "", "", ""));
            case 1 -> TestEvents.event(ts, checkpoint(who, i + 1));
            case 2, 3, 4 ->
                TestEvents.event(ts, new Social("tease", who, "", whom, "", "number " + i, ""));
            default -> TestEvents.event(ts, new Seen(who, "", whom, "", "way " + i));
          };
      ledger.merge(List.of(TestEvents.unsigned(event)));
    }
    return ledger;
  }

  private static Checkpoint checkpoint(String subject, long asOf) {
    return new Checkpoint(
        0, subject, "", "", new Checkpoint.AgreedValues(1, 1, 1), asOf, 0, List.of(), List.of());
  }
}
