package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import nara.event.Voters;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.index.FormOrder;
import nara.ledger.index.StoredEvent;
import nara.ledger.retention.ReferenceRetention;
import nara.ledger.retention.Retention;
import nara.testing.Citizen;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LedgerProperties {
  /** Offered events, the node's configuration, the fair number, the standings and the vouchers. */
  record OfferedEvents(
      List<JudgedEvent> events,
      LedgerConfig config,
      int fairFrom,
      Map<String, Standing> known,
      Map<String, String> vouchers)
      implements Standing.Lookup {
    Ledger ledger() {
      return new Ledger(config, fairFrom, this);
    }

    @Override
    public Standing standing(String name) {
      return known.getOrDefault(name, Standing.UNKNOWN);
    }

    @Override
    public String voucher(String name) {
      return vouchers.getOrDefault(name, "");
    }

    @Override
    public Optional<String> nameOf(String id) {
      return id.equals("id") && known.containsKey("b") ? Optional.of("b") : Optional.empty();
    }
  }

  @Property(tries = 3_000)
  void content_is_the_same_for_any_order_and_any_batches(
      @ForAll("offered") OfferedEvents events, @ForAll Random random) {
    Ledger inOneBatch = events.ledger();
    inOneBatch.merge(events.events);

    List<JudgedEvent> shuffled = new ArrayList<>(events.events);
    Collections.shuffle(shuffled, random);
    Ledger inPieces = events.ledger();
    for (int from = 0; from < shuffled.size(); ) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(7));
      inPieces.merge(shuffled.subList(from, to));
      // Some of them are offered again.
      inPieces.merge(shuffled.subList(0, random.nextInt(to + 1)));
      from = to;
    }

    assertThat(TestEvents.content(inPieces)).isEqualTo(TestEvents.content(inOneBatch));
    // How many events it pruned depends on the order, but not what is left.
    assertThat(withoutPruned(inPieces.stats())).isEqualTo(withoutPruned(inOneBatch.stats()));
    assertThat(TestEvents.content(inPieces))
        .isEqualTo(
            new ReferenceRetention(events.config, events.fairFrom, events).content(shuffled));
  }

  private static LedgerStats withoutPruned(LedgerStats s) {
    return new LedgerStats(s.total(), s.byService(), s.critical(), s.bytes(), s.maxEvents());
  }

  @Property(tries = 500)
  void import_of_an_export_gives_the_same_ledger(@ForAll("offered") OfferedEvents events) {
    Ledger ledger = events.ledger();
    ledger.merge(events.events);

    Ledger again = events.ledger();
    again.merge(ledger.variants());

    assertThat(TestEvents.content(again)).isEqualTo(TestEvents.content(ledger));
  }

  @Property(tries = 1_000)
  void statistics_match_the_stored_events(@ForAll("offered") OfferedEvents offeredEvents) {
    Ledger ledger = offeredEvents.ledger();
    for (JudgedEvent event : offeredEvents.events) {
      MergeResult result = ledger.merge(List.of(event));
      assertThat(
              result.added()
                  + result.replaced()
                  + result.duplicate()
                  + result.dropped()
                  + result.pruned())
          .isEqualTo(1);
    }

    List<Event> events = ledger.export();
    LedgerStats stats = ledger.stats();
    assertThat(stats.total()).isEqualTo(events.size());
    assertThat(stats.bytes()).isEqualTo(events.stream().mapToLong(e -> e.json().length).sum());
    assertThat(stats.critical()).isEqualTo((int) events.stream().filter(Event::isCritical).count());
    assertThat(stats.byService().values().stream().mapToInt(i -> i).sum()).isEqualTo(events.size());
    assertThat(events).isSortedAccordingTo(StoredEvent::compare);
    assertThat(events.stream().map(Event::id).distinct()).hasSameSizeAs(events);
  }

  @Property(tries = 1_000)
  void each_id_is_visible_once_in_its_best_variant_below_the_limits(
      @ForAll("offered") OfferedEvents events) {
    FormOrder order = new FormOrder("", name -> Standing.ESTABLISHED);
    Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), name -> Standing.ESTABLISHED);
    List<JudgedEvent> free =
        events.events.stream()
            .filter(
                j ->
                    !(j.event().payload() instanceof Ping)
                        && !(j.event().payload() instanceof Observation)
                        && !(j.event().payload() instanceof Checkpoint c && c.isKnownBad()))
            .toList();
    ledger.merge(free);

    Set<EventId> ids = new HashSet<>();
    free.forEach(j -> ids.add(j.event().id()));
    assertThat(new HashSet<>(ledger.export().stream().map(Event::id).toList())).isEqualTo(ids);
    for (Event held : ledger.export()) {
      JudgedEvent best =
          free.stream()
              .filter(j -> j.event().id().equals(held.id()))
              .min(
                  (a, b) ->
                      order.compare(
                          StoredEvent.of(a.event(), a.verdict(), a.voters()),
                          StoredEvent.of(b.event(), b.verdict(), b.voters())))
              .orElseThrow();
      assertThat(held.json()).isEqualTo(best.event().json());
    }
  }

  @Provide
  Arbitrary<OfferedEvents> offered() {
    Arbitrary<LedgerConfig> configs =
        Combinators.combine(Arbitraries.of(1, 3, 8, 20, 50, 10_000), Arbitraries.of(10, 50, 90))
            .as((max, taste) -> new LedgerConfig(max, taste, 100 - taste, taste));
    Arbitrary<Map<String, Standing>> known =
        Arbitraries.maps(Arbitraries.of(NAMES), Arbitraries.of(Standing.class));
    Arbitrary<Map<String, String>> vouchers =
        Arbitraries.maps(Arbitraries.of(NAMES), Arbitraries.of("", "moe", "otto"));
    // Seeds are much faster than lists of arbitraries and can be replayed too.
    return Combinators.combine(
            Arbitraries.longs(), Arbitraries.integers().between(0, 250), configs, known, vouchers)
        .as(
            (seed, size, config, k, v) ->
                new OfferedEvents(
                    events(new Random(seed), size),
                    seed % 3 == 0 ? config.ownedBy("a") : config,
                    FAIR_FROM[(int) (seed >>> 1 & 3)],
                    k,
                    v));
  }

  /** With colons, two payloads have one content: b:c observed by a, and c observed by a:b. */
  private static final String[] NAMES = {"a", "b", "c", "a:b", "b:c", "r2d2"};

  private static final int[] FAIR_FROM = {0, 2, 10, Retention.FAIR_FROM};

  private static List<JudgedEvent> events(RandomGenerator random, int size) {
    // Few names make the limits effective; few times make equal timestamps.
    int names = 1 + random.nextInt(NAMES.length);
    int times = 1 + random.nextInt(60);
    int kinds = 1 + random.nextInt(KINDS);
    int first = random.nextInt(KINDS);
    List<JudgedEvent> events = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long ts = (1 + random.nextInt(times)) * TestEvents.SECOND;
      int kind = (first + random.nextInt(kinds)) % KINDS;
      Payload payload = payload(random, kind, names);
      // Trust passes on valid checkpoints only.
      boolean isValid = random.nextBoolean() || payload instanceof Checkpoint;
      Event event =
          switch (random.nextInt(isValid ? 4 : 2)) {
            case 0 -> TestEvents.event(ts, payload);
            case 1 -> TestEvents.event(ts, "other", payload);
            case 2 -> TestEvents.signed(ts, "a", payload);
            default -> TestEvents.signed(ts, payload.actor(), payload);
          };
      Verdict verdict = isValid ? Verdict.VALID : Verdict.UNSIGNED;
      events.add(new JudgedEvent(event, verdict, voters(event, Arrays.hashCode(event.json()))));
    }
    return events;
  }

  /**
   * Some voters of a checkpoint, or nobody who examined them.
   *
   * @param hash the same for the same bytes
   */
  private static Voters voters(Event event, int hash) {
    if (!(event.payload() instanceof Checkpoint) || hash % 4 == 0) {
      return Voters.UNEXAMINED;
    }
    List<Voters.Voter> voters = new ArrayList<>();
    for (int i = 0; i < NAMES.length; i++) {
      if ((hash >>> i + 2 & 1) == 1) {
        // Two names may have one key, which counts once.
        voters.add(new Voters.Voter(NAMES[i], KEYS.get(i / 2)));
      }
    }
    return Voters.of(voters);
  }

  private static final List<PublicKey> KEYS =
      List.of(Citizen.named("a").key(), Citizen.named("b").key(), Citizen.named("c").key());

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
      case 3 -> new HeyThere(who, "k", "", random.nextBoolean() ? "" : "id", "");
      case 4 -> new Chau(who, "", "", "");
      case 5, 6 -> observation(random, who, whom, Observation.RESTART, start);
      case 7 ->
          observation(
              random,
              who,
              whom,
              random.nextInt(4) == 0 ? Observation.FIRST_SEEN : Observation.STATUS_CHANGE,
              start);
      default -> {
        List<String> voters = Collections.nCopies(random.nextInt(3), "v");
        yield new Checkpoint(
            0,
            who,
            random.nextBoolean() ? "" : "id",
            "",
            new Checkpoint.AgreedValues(1, 1, 1),
            1 + random.nextInt(60),
            random.nextInt(2),
            voters,
            voters);
      }
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
