package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.index.EventVariants;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Set<String> known = new HashSet<>();
  private final Ledger ledger =
      new Ledger(
          LedgerConfig.ofSize(3),
          name -> known.contains(name) ? Standing.ESTABLISHED : Standing.UNKNOWN);

  @Test
  void valid_event_replaces_the_unsigned_one_with_its_id_in_either_order() {
    Seen seen = new Seen("a", "", "b", "", "mesh");
    Event shorter = TestEvents.event(1, seen);
    Event longer = TestEvents.signed(1, "a", seen);
    assertThat(longer.json().length).isGreaterThan(shorter.json().length);
    JudgedEvent unsigned = TestEvents.unsigned(shorter);
    JudgedEvent valid = new JudgedEvent(longer, Verdict.VALID);

    assertThat(ledger.merge(List.of(unsigned))).isEqualTo(new MergeResult(1, 0, 0, 0, 0));
    assertThat(ledger.validIds(List.of(shorter.id())).get(0)).isFalse();
    assertThat(ledger.merge(List.of(valid))).isEqualTo(new MergeResult(0, 1, 0, 0, 0));
    assertThat(ledger.merge(List.of(unsigned))).isEqualTo(new MergeResult(0, 0, 1, 0, 0));

    assertThat(ledger.export()).containsExactly(longer);
    assertThat(ledger.validIds(List.of(shorter.id())).get(0)).isTrue();
    assertThat(ledger.stats().bytes()).isEqualTo(longer.json().length);
  }

  @Test
  void pings_are_trimmed_when_the_standings_of_their_naras_have_changed() {
    Ledger large =
        new Ledger(
            LedgerConfig.ofSize(100),
            name -> known.contains(name) ? Standing.ESTABLISHED : Standing.UNKNOWN);
    for (int ts = 1; ts <= 20; ts++) {
      Event ping = TestEvents.event(ts, new Ping("o" + ts % 3, "", "t", "", ts));
      assertThat(large.merge(List.of(TestEvents.unsigned(ping))).dropped()).isLessThan(2);
      if (ts % 2 == 0) {
        known.addAll(Set.of("t", "o" + ts % 3));
      } else {
        known.remove("o" + ts % 3);
      }
    }
    assertThat(large.export()).hasSize(5);
  }

  @Test
  void smaller_bytes_stay_when_two_events_with_one_id_have_equal_verdicts() {
    Seen seen = new Seen("a", "", "b", "", "mesh");
    Event first = TestEvents.event(1, "x", seen);
    Event second = TestEvents.event(1, "y", seen);

    ledger.merge(List.of(TestEvents.unsigned(second)));
    ledger.merge(List.of(TestEvents.unsigned(first)));
    ledger.merge(List.of(TestEvents.unsigned(second)));

    assertThat(ledger.export()).containsExactly(first);
  }

  @Test
  void checkpoint_prunes_only_restarts_before_its_time() {
    Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    List<JudgedEvent> restarts = new ArrayList<>();
    for (int start = 1; start <= 30; start++) {
      restarts.add(TestEvents.unsigned(TestEvents.event(start, restart(start))));
    }
    large.merge(restarts);
    assertThat(large.stats().total()).isEqualTo(30);

    large.merge(List.of(TestEvents.unsigned(TestEvents.event(40, checkpoint("lisa", 5)))));
    assertThat(starts(large)).containsExactlyElementsOf(range(6, 30));

    large.merge(List.of(TestEvents.unsigned(TestEvents.event(41, checkpoint("bart", 99)))));
    assertThat(starts(large)).containsExactlyElementsOf(range(6, 30));

    large.merge(List.of(TestEvents.unsigned(TestEvents.event(42, checkpoint("lisa", 99)))));
    assertThat(starts(large)).containsExactlyElementsOf(range(11, 30));
  }

  @Test
  void events_without_known_key_are_pruned_first() {
    known.addAll(List.of("known", "late"));
    known.remove("late");
    Event ofLate = TestEvents.event(1, new Seen("late", "", "known", "", "x"));
    Event ofKnown = TestEvents.event(2, new Seen("known", "", "known", "", "x"));
    Event ofStranger = TestEvents.event(3, new Seen("known", "", "stranger", "", "x"));
    ledger.merge(TestEvents.allUnsigned(ofLate, ofKnown, ofStranger));

    known.add("late");
    Event next = TestEvents.event(4, new Seen("known", "", "known", "", "x"));
    assertThat(ledger.merge(TestEvents.allUnsigned(next)))
        .isEqualTo(new MergeResult(1, 0, 0, 0, 0));

    assertThat(ledger.export()).containsExactly(ofLate, ofKnown, next);
  }

  @Test
  void event_rejected_by_the_maximum_counts_as_pruned() {
    known.add("a");
    for (int ts = 10; ts < 13; ts++) {
      ledger.merge(TestEvents.allUnsigned(TestEvents.event(ts, new Seen("a", "", "a", "", "x"))));
    }

    Event older = TestEvents.event(1, new Seen("a", "", "a", "", "x"));
    assertThat(ledger.merge(TestEvents.allUnsigned(older)))
        .isEqualTo(new MergeResult(0, 0, 0, 0, 1));
  }

  @Test
  void sixth_ping_is_dropped_when_it_is_the_oldest() {
    Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    for (int ts = 2; ts <= 6; ts++) {
      large.merge(TestEvents.allUnsigned(TestEvents.event(ts, new Ping("a", "", "b", "", ts))));
    }

    assertThat(
            large.merge(TestEvents.allUnsigned(TestEvents.event(1, new Ping("a", "", "b", "", 1)))))
        .isEqualTo(new MergeResult(0, 0, 0, 1, 0));
    assertThat(large.meanRtts(Set.of())).isEqualTo(Map.of("b", 4.0));
    assertThat(large.meanRtts(Set.of("b"))).isEmpty();
  }

  @Test
  void invalid_event_is_dropped() {
    Event noTarget = TestEvents.event(1, new Ping("a", "", "", "", 1));
    Event noTime = TestEvents.event(0, new Seen("a", "", "b", "", "x"));
    Event bad = TestEvents.event(2, checkpoint("r2d2", Checkpoint.R2D2_KNOWN_BAD_UNTIL));
    Event good = TestEvents.event(2, checkpoint("r2d2", Checkpoint.R2D2_KNOWN_BAD_UNTIL + 1));

    assertThat(ledger.merge(TestEvents.allUnsigned(noTarget, noTime, bad, good)))
        .isEqualTo(new MergeResult(1, 0, 0, 3, 0));
    assertThat(ledger.export()).containsExactly(good);
  }

  @Test
  void two_payloads_with_one_id_are_one_visible_event() {
    // A colon in a name: "a:b" saw "c", or "a" saw "b:c". One content, one id.
    Event one = TestEvents.event(1, new Seen("a:b", "", "c", "", "x"));
    Event two = TestEvents.event(1, new Seen("a", "", "b:c", "", "x"));
    assertThat(one.id()).isEqualTo(two.id());

    MergeResult result = ledger.merge(TestEvents.allUnsigned(one, two));

    assertThat(result.added()).isEqualTo(1);
    assertThat(ledger.export()).hasSize(1);
    assertThat(ledger.stats().total()).isEqualTo(1);
  }

  @Test
  void first_sightings_by_established_naras_exceed_the_maximum_up_to_the_hard_limit() {
    Ledger one = new Ledger(LedgerConfig.ofSize(1), name -> Standing.ESTABLISHED);
    List<JudgedEvent> sightings = new ArrayList<>();
    for (int i = 1; i <= 20_100; i++) {
      Observation firstSeen =
          new Observation(
              "n" + i % 500, "", "s" + i, "", Observation.FIRST_SEEN, 3, false, 1, 0, 0, "", "", 0);
      sightings.add(TestEvents.unsigned(TestEvents.event(i, firstSeen)));
    }
    one.merge(sightings);

    assertThat(one.stats().total()).isEqualTo(20_001);
  }

  @Test
  void first_sightings_by_an_unknown_nara_do_not_exceed_the_maximum() {
    known.add("known");
    ledger.merge(
        List.of(
            TestEvents.unsigned(TestEvents.event(1, firstSeen("known"))),
            TestEvents.unsigned(TestEvents.event(2, restartBy("known", 1))),
            TestEvents.unsigned(TestEvents.event(3, restartBy("stranger", 2))),
            TestEvents.unsigned(TestEvents.event(4, restartBy("stranger", 3)))));

    assertThat(ledger.export()).hasSize(3).last().extracting(Event::ts).isEqualTo(4L);
  }

  @Test
  void events_of_a_signer_are_found_and_removed_in_every_form() {
    Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    Event ping = TestEvents.signed(1, "a", new Ping("a", "", "b", "", 1));
    Event byA = TestEvents.signed(2, "a", restartBy("a", 1));
    Event variantByB = TestEvents.signed(2, "b", restartBy("b", 1));
    Event unsigned = TestEvents.event(3, new Seen("a", "", "b", "", "x"));
    assertThat(byA.id()).isEqualTo(variantByB.id());
    large.merge(
        Stream.of(ping, byA, variantByB, unsigned)
            .map(event -> new JudgedEvent(event, Verdict.VALID))
            .toList());

    assertThat(large.signedBy("a").stream().map(JudgedEvent::event)).containsExactly(ping, byA);
    assertThat(large.signedBy("b").stream().map(JudgedEvent::event)).containsExactly(variantByB);
    assertThat(large.signedBy("")).isEmpty();

    Event otherForm = TestEvents.event(1, new Ping("a", "", "b", "", 1));
    assertThat(large.remove(List.of(ping, byA, otherForm))).isEqualTo(2);
    assertThat(large.remove(List.of(ping, byA))).isZero();
    assertThat(large.signedBy("a")).isEmpty();
    assertThat(large.export()).containsExactly(variantByB, unsigned);
  }

  @Test
  void ledger_with_a_maximum_of_zero_is_rejected() {
    assertThatThrownBy(() -> new Ledger(LedgerConfig.ofSize(0), name -> Standing.ESTABLISHED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A ledger holds at least 1 event, not 0");
  }

  @Test
  void empty_merge_changes_nothing() {
    assertThat(ledger.merge(List.of())).isEqualTo(new MergeResult(0, 0, 0, 0, 0));
    assertThat(
            ledger.merge(
                TestEvents.allUnsigned(TestEvents.event(1, new HeyThere("a", "k", "", "", "")))))
        .isEqualTo(new MergeResult(1, 0, 0, 0, 0));
  }

  @Test
  void restart_is_recorded_once_until_it_is_removed() {
    Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    JudgedEvent byOther = TestEvents.unsigned(TestEvents.event(1, restartBy("maggie", 1)));
    JudgedEvent own = TestEvents.unsigned(TestEvents.event(2, restartBy("known", 1)));
    large.merge(List.of(byOther));

    assertThat(large.recordObservation(own)).isEqualTo(new MergeResult(0, 0, 1, 0, 0));

    List<JudgedEvent> later = new ArrayList<>();
    for (int start = 2; start <= 21; start++) {
      later.add(TestEvents.unsigned(TestEvents.event(start, restartBy("maggie", start))));
    }
    large.merge(later);
    large.merge(TestEvents.allUnsigned(TestEvents.event(30, checkpoint("lisa", 99))));
    assertThat(starts(large)).containsExactlyElementsOf(range(2, 21));
    assertThat(large.recordObservation(own)).isEqualTo(new MergeResult(1, 0, 0, 0, 0));
  }

  @Test
  void best_forms_of_one_id_are_kept_in_any_order_and_no_more() {
    List<JudgedEvent> forms = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String observer = "n".repeat(1 + i);
      forms.add(TestEvents.unsigned(TestEvents.event(1, restartBy(observer, 1))));
    }
    List<JudgedEvent> best = forms.subList(0, EventVariants.MAX_FORMS);
    for (int seed = 0; seed < 20; seed++) {
      List<JudgedEvent> shuffled = new ArrayList<>(forms);
      Collections.shuffle(shuffled, new Random(seed));
      Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
      int added = 0;
      for (JudgedEvent form : shuffled) {
        added += large.merge(List.of(form)).added();
      }
      assertThat(added).isEqualTo(1);
      assertThat(large.variants()).isEqualTo(best);
    }
  }

  @Test
  void shorter_actor_and_target_are_visible_when_a_name_has_a_colon() {
    Social shorter = new Social("tease", "a", "", "b", "", "see 12:30", "");
    Social longer = new Social("tease", "a", "", "b:see 12", "", "30", "");
    Event one = TestEvents.event(1, shorter);
    Event two = TestEvents.event(1, longer);
    assertThat(one.id()).isEqualTo(two.id());
    for (List<Event> order : List.of(List.of(one, two), List.of(two, one))) {
      Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
      order.forEach(event -> large.merge(TestEvents.allUnsigned(event)));
      assertThat(large.export()).containsExactly(one);
      assertThat(large.subjects()).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void ledger_over_its_bytes_prunes_the_emitter_of_the_largest_events() {
    Ledger small =
        new Ledger(LedgerConfig.ofSize(1_000).maxBytes(40_000), n -> Standing.ESTABLISHED);
    List<Event> light = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      light.add(TestEvents.signed(1 + i, "light", new Seen("light", "", "b", "", "x")));
    }
    small.merge(light.stream().map(e -> new JudgedEvent(e, Verdict.VALID)).toList());
    for (int i = 0; i < 100; i++) {
      Event fat = TestEvents.event(100 + i, "x".repeat(900), new Seen("fat", "", "b", "", "x"));
      small.merge(TestEvents.allUnsigned(fat));
    }

    assertThat(small.stats().bytes()).isBetween(38_000L, 40_000L);
    assertThat(small.export()).containsAll(light).last().extracting(Event::ts).isEqualTo(199L);
  }

  @Test
  void own_events_outlast_those_of_others() {
    Ledger own = new Ledger(LedgerConfig.ofSize(800).ownedBy("me"), name -> Standing.ESTABLISHED);
    List<Event> mine = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      mine.add(TestEvents.signed(1 + i, "me", new Seen("me", "", "b", "", "x")));
    }
    own.merge(mine.stream().map(e -> new JudgedEvent(e, Verdict.VALID)).toList());
    for (int i = 0; i < 2_000; i++) {
      String other = "n" + i % 100;
      own.merge(TestEvents.allUnsigned(TestEvents.event(500 + i, new Chau(other, "k", "", ""))));
    }

    assertThat(own.export()).hasSize(800).containsAll(mine);
  }

  @Test
  void first_seen_is_recorded_once_per_observer_and_subject() {
    Ledger large = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    large.merge(TestEvents.allUnsigned(TestEvents.event(1, firstSeen("lisa"))));

    assertThat(large.recordObservation(TestEvents.unsigned(TestEvents.event(2, firstSeen("lisa")))))
        .isEqualTo(new MergeResult(0, 0, 1, 0, 0));
    assertThat(large.recordObservation(TestEvents.unsigned(TestEvents.event(2, firstSeen("bart")))))
        .isEqualTo(new MergeResult(1, 0, 0, 0, 0));
  }

  private static Observation restartBy(String observer, long start) {
    return new Observation(
        observer, "", "lisa", "", Observation.RESTART, 3, false, start, 0, 0, "", "", 0);
  }

  private static List<Long> starts(Ledger ledger) {
    return ledger.export().stream()
        .filter(e -> e.payload() instanceof Observation)
        .map(e -> ((Observation) e.payload()).startTime())
        .toList();
  }

  private static List<Long> range(long from, long to) {
    List<Long> range = new ArrayList<>();
    for (long i = from; i <= to; i++) {
      range.add(i);
    }
    return range;
  }

  private static Observation restart(long start) {
    return observation("lisa", Observation.RESTART, start);
  }

  private static Observation firstSeen(String subject) {
    return observation(subject, Observation.FIRST_SEEN, 1);
  }

  private static Observation observation(String subject, String type, long start) {
    return new Observation("known", "", subject, "", type, 3, false, start, 0, 0, "", "", 0);
  }

  private static Checkpoint checkpoint(String subject, long asOf) {
    return new Checkpoint(
        0, subject, "", "", new Checkpoint.AgreedValues(1, 1, 1), asOf, 0, List.of(), List.of());
  }

  @Test
  void chau_decides_status_at_equal_timestamps() {
    long moment = 1_000 * TestEvents.SECOND;
    Ledger large = new Ledger(LedgerConfig.ofSize(1_000), name -> Standing.ESTABLISHED);
    Event chau = TestEvents.event(moment, new Chau("lisa", "key", "", ""));
    List<Event> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(TestEvents.event(moment, new Ping("lisa", "", "n" + i, "", 1.5)));
      others.add(TestEvents.event(moment, new Ping("n" + i, "", "lisa", "", 1.5)));
      others.add(TestEvents.event(moment, new Seen("n" + i, "", "lisa", "", "mesh")));
    }
    assertThat(others)
        .as("an id says nothing of the order")
        .anyMatch(other -> other.id().compareTo(chau.id()) > 0)
        .anyMatch(other -> other.id().compareTo(chau.id()) < 0);

    for (Event other : others) {
      large.merge(TestEvents.allUnsigned(other));
    }
    assertThat(large.summary("lisa", 1_001).status()).isEqualTo("ONLINE");
    large.merge(TestEvents.allUnsigned(chau));

    assertThat(large.summary("lisa", 1_001).status()).isEqualTo("OFFLINE");
    large.merge(
        TestEvents.allUnsigned(TestEvents.event(moment + 1, new Ping("n", "", "lisa", "", 1.5))));
    assertThat(large.summary("lisa", 1_001).status()).isEqualTo("ONLINE");
  }

  @Test
  void offline_wins_between_status_changes_of_equal_time() {
    Ledger large = new Ledger(LedgerConfig.ofSize(1_000), name -> Standing.ESTABLISHED);
    for (int i = 0; i < 20; i++) {
      large.merge(
          TestEvents.allUnsigned(
              TestEvents.event(7, change("n" + i, "ONLINE")),
              TestEvents.event(7, change("m" + i, "MISSING"))));
      assertThat(large.summary("lisa", 0).status()).isEqualTo("MISSING");
    }
  }

  private static Observation change(String observer, String state) {
    return new Observation(
        observer, "", "lisa", "", Observation.STATUS_CHANGE, 2, false, 0, 0, 0, state, "", 0);
  }
}
