package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;

/** Floods of restarts in the names of established naras, about established naras. */
class UnsignedFloodTest {
  private static final int HONEST = 5_000;

  private final Ledger ledger =
      new Ledger(LedgerConfig.ofSize(20_000), name -> Standing.ESTABLISHED);

  @Test
  void flood_beyond_twenty_of_a_pair_leaves_the_signed_events() {
    List<Event> honest = honest(10);
    merge(honest, Verdict.VALID);

    mergeFlood(10, 600, "");

    assertThat(ledger.export()).containsAll(honest).hasSizeLessThanOrEqualTo(40_000);
  }

  @Test
  void flood_signed_by_a_stranger_leaves_the_signed_events() {
    List<Event> honest = honest(10);
    merge(honest, Verdict.VALID);

    mergeFlood(10, 600, "mallory");

    assertThat(ledger.export()).containsAll(honest).hasSizeLessThanOrEqualTo(40_000);
  }

  @Test
  void flood_of_twenty_of_each_pair_leaves_the_signed_events() {
    List<Event> honest = honest(40);
    merge(honest, Verdict.VALID);

    mergeFlood(40, 20, "");

    assertThat(ledger.export()).containsAll(honest).hasSizeLessThanOrEqualTo(20_000);
  }

  @Test
  void signed_events_that_come_after_the_flood_are_kept() {
    mergeFlood(40, 30, "");

    List<Event> honest = honest(40);
    merge(honest, Verdict.VALID);

    assertThat(ledger.export()).containsAll(honest);
  }

  @Test
  void pair_with_the_most_unsigned_restarts_loses_them_first() {
    List<Event> few = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      few.add(TestEvents.event(1 + i, restart("lisa", "bart", 1 + i)));
    }
    merge(few, Verdict.UNSIGNED);

    mergeFlood(10, 600, "");

    assertThat(ledger.export()).containsAll(few).hasSize(40_000);
  }

  private static List<Event> honest(int naras) {
    List<Event> honest = new ArrayList<>();
    for (int i = 0; i < HONEST; i++) {
      String actor = "n" + i % naras;
      String target = "n" + (i + 1) % naras;
      honest.add(
          TestEvents.signed(1 + i, actor, new Social("tease", actor, "", target, "", "r" + i, "")));
    }
    return honest;
  }

  /** Later restarts than all honest events, so many for each pair of naras. */
  private void mergeFlood(int naras, int perPair, String emitter) {
    List<Event> flood = new ArrayList<>();
    int start = 1_000_000;
    for (int i = 0; i < perPair; i++) {
      for (int pair = 0; pair < naras * naras; pair++) {
        Observation restart = restart("n" + pair / naras, "n" + pair % naras, start++);
        flood.add(
            emitter.isEmpty()
                ? TestEvents.event(start, restart)
                : TestEvents.signed(start, emitter, restart));
      }
      if (flood.size() >= 1_000) {
        merge(flood, emitter.isEmpty() ? Verdict.UNSIGNED : Verdict.VALID);
        flood.clear();
      }
    }
    merge(flood, emitter.isEmpty() ? Verdict.UNSIGNED : Verdict.VALID);
  }

  private void merge(List<Event> events, Verdict verdict) {
    ledger.merge(events.stream().map(event -> new JudgedEvent(event, verdict)).toList());
  }

  private static Observation restart(String observer, String subject, long start) {
    return new Observation(
        observer, "", subject, "", Observation.RESTART, 3, false, start, 1, 0, "", "", 0);
  }
}
