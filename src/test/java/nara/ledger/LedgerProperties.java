package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.Merged;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LedgerProperties {
  /** What a node was offered, what it knows, and how much it keeps. */
  record Offered(List<Judged> events, LedgerConfig config, Set<String> known) {
    Ledger ledger() {
      return new Ledger(config, known::contains);
    }
  }

  @Property(tries = 3_000)
  void any_order_and_any_batching_leave_the_same_content(
      @ForAll("offered") Offered offered, @ForAll Random random) {
    Ledger inOneBatch = offered.ledger();
    inOneBatch.merge(offered.events);

    List<Judged> shuffled = new ArrayList<>(offered.events);
    Collections.shuffle(shuffled, random);
    Ledger inPieces = offered.ledger();
    for (int from = 0; from < shuffled.size(); ) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(7));
      inPieces.merge(shuffled.subList(from, to));
      // Somebody offers some of it again.
      inPieces.merge(shuffled.subList(0, random.nextInt(to + 1)));
      from = to;
    }

    assertThat(Made.content(inPieces)).isEqualTo(Made.content(inOneBatch));
    assertThat(inPieces.stats()).isEqualTo(inOneBatch.stats());
    assertThat(Made.content(inPieces))
        .isEqualTo(new PlainRules(offered.config, offered.known::contains).content(shuffled));
  }

  @Property(tries = 500)
  void what_a_node_exports_another_one_takes_in_whole(@ForAll("offered") Offered offered) {
    Ledger ledger = offered.ledger();
    ledger.merge(offered.events);
    List<Event> exported = ledger.export();

    Ledger again = offered.ledger();
    again.merge(exported.stream().map(e -> new Judged(e, Verdict.UNSIGNED)).toList());

    assertThat(Made.content(again)).isEqualTo(Made.content(ledger));
  }

  @Property(tries = 1_000)
  void the_books_agree_with_what_is_held(@ForAll("offered") Offered offered) {
    Ledger ledger = offered.ledger();
    for (Judged judged : offered.events) {
      Merged merged = ledger.merge(List.of(judged));
      assertThat(
              merged.added()
                  + merged.replaced()
                  + merged.duplicate()
                  + merged.dropped()
                  + merged.pruned())
          .isEqualTo(1);
    }

    List<Event> events = ledger.export();
    LedgerStats stats = ledger.stats();
    assertThat(stats.total()).isEqualTo(events.size());
    assertThat(stats.bytes()).isEqualTo(events.stream().mapToLong(e -> e.json().length).sum());
    assertThat(stats.critical()).isEqualTo((int) events.stream().filter(Event::critical).count());
    assertThat(stats.byService().values().stream().mapToInt(i -> i).sum()).isEqualTo(events.size());
    assertThat(events).isSortedAccordingTo(Held::compare);
    assertThat(events.stream().map(Event::id).distinct()).hasSameSizeAs(events);
  }

  @Property(tries = 1_000)
  void without_limits_in_reach_every_id_is_held_once_in_its_best_form(
      @ForAll("offered") Offered offered) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), name -> true);
    List<Judged> free =
        offered.events.stream()
            .filter(
                j ->
                    !(j.event().payload() instanceof Ping)
                        && !(j.event().payload() instanceof Observation)
                        && !(j.event().payload() instanceof Checkpoint c && c.knownBad()))
            .toList();
    ledger.merge(free);

    Set<EventId> ids = new HashSet<>();
    free.forEach(j -> ids.add(j.event().id()));
    assertThat(new HashSet<>(ledger.export().stream().map(Event::id).toList())).isEqualTo(ids);
    for (Event held : ledger.export()) {
      Judged best =
          free.stream()
              .filter(j -> j.event().id().equals(held.id()))
              .min((a, b) -> new Held(a.event(), a.verdict()).compareForm(b.event(), b.verdict()))
              .orElseThrow();
      assertThat(held.json()).isEqualTo(best.event().json());
    }
  }

  @Provide
  Arbitrary<Offered> offered() {
    Arbitrary<LedgerConfig> configs =
        Combinators.combine(Arbitraries.of(1, 3, 8, 20, 50, 10_000), Arbitraries.of(10, 50, 90))
            .as((max, taste) -> new LedgerConfig(max, taste, 100 - taste, taste));
    Arbitrary<Set<String>> known = Arbitraries.of(NAMES).set();
    // Seeds, not lists of arbitraries: thousands of histories a second, and still replayable.
    return Combinators.combine(
            Arbitraries.longs(), Arbitraries.integers().between(0, 250), configs, known)
        .as((seed, size, config, k) -> new Offered(events(new Random(seed), size), config, k));
  }

  /** Colons make one content of two payloads: b:c observed by a, c observed by a:b. */
  private static final String[] NAMES = {"a", "b", "c", "a:b", "b:c", "r2d2"};

  private static List<Judged> events(RandomGenerator random, int size) {
    // Some histories are about few, so that limits are reached; some about few times.
    int names = 1 + random.nextInt(NAMES.length);
    int times = 1 + random.nextInt(60);
    int kinds = 1 + random.nextInt(KINDS);
    int first = random.nextInt(KINDS);
    List<Judged> events = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long ts = (1 + random.nextInt(times)) * Made.SECOND;
      int kind = (first + random.nextInt(kinds)) % KINDS;
      Event event =
          Made.event(ts, random.nextInt(3) == 0 ? "other" : "", payload(random, kind, names));
      events.add(new Judged(event, random.nextBoolean() ? Verdict.VALID : Verdict.UNSIGNED));
    }
    return events;
  }

  private static final int KINDS = 9;

  private static Payload payload(RandomGenerator random, int kind, int names) {
    String who = NAMES[random.nextInt(names)];
    String whom = NAMES[random.nextInt(names)];
    long start = 1 + random.nextInt(60);
    return switch (kind) {
      case 0 -> new Ping(who, "", whom, "", 1 + random.nextInt(2));
      case 1 -> new Seen(who, "", whom, "", "mesh");
      case 2 ->
          new Social(
              "tease", who, "", whom, "", random.nextBoolean() ? "random" : "comeback", whom);
      case 3 -> new HeyThere(who, "k", "", "", "");
      case 4 -> new Chau(who, "", "", "");
      case 5, 6 -> observation(random, who, whom, Observation.RESTART, start);
      case 7 ->
          observation(
              random,
              who,
              whom,
              random.nextInt(4) == 0 ? Observation.FIRST_SEEN : Observation.STATUS_CHANGE,
              start);
      default ->
          new Checkpoint(
              0,
              who,
              random.nextBoolean() ? "" : "id",
              "",
              new Checkpoint.Standing(1, 1, 1),
              1 + random.nextInt(60),
              random.nextInt(2),
              List.of(),
              List.of());
    };
  }

  private static Observation observation(
      RandomGenerator random, String who, String whom, String type, long start) {
    return new Observation(
        who,
        "",
        whom,
        "",
        type,
        1 + random.nextInt(3),
        random.nextInt(8) == 0,
        start,
        random.nextInt(3),
        0,
        type.equals(Observation.STATUS_CHANGE) ? "ONLINE" : "",
        "",
        0);
  }
}
