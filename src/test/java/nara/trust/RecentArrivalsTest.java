package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;
import nara.trust.TrustRequest.Arrival;
import org.junit.jupiter.api.Test;

class RecentArrivalsTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final Citizen BART = Citizen.named("bart");

  private final RecentArrivals arrivals = new RecentArrivals();

  @Test
  void first_arrival_of_an_event_is_found_when_others_bring_it_again() {
    List<JudgedEvent> events = events(0, 2);
    arrivals.add(OfferSource.peer("lisa"), NOON, events);
    arrivals.add(OfferSource.BROKER, NOON.plusSeconds(1), events(1, 2));
    arrivals.add(OfferSource.peer("moe"), NOON.plusSeconds(2), events);

    for (JudgedEvent event : events) {
      assertThat(arrivals.find(event.event().id()))
          .contains(new Arrival(OfferSource.peer("lisa"), NOON));
    }
    assertThat(arrivals.find(events(9, 1).getFirst().event().id())).isEmpty();
  }

  @Test
  void oldest_batches_are_forgotten_beyond_the_maximum() {
    JudgedEvent first = events(0, 1).getFirst();
    JudgedEvent second = events(1, 1).getFirst();
    arrivals.add(OfferSource.SELF, NOON, List.of(first));
    arrivals.add(OfferSource.SELF, NOON, List.of(second));

    arrivals.add(OfferSource.SNAPSHOT, NOON, repeated(events(2, 1), RecentArrivals.MAX_EVENTS - 1));

    assertThat(arrivals.find(first.event().id())).isEmpty();
    assertThat(arrivals.find(second.event().id())).isPresent();
  }

  @Test
  void end_of_a_batch_beyond_the_maximum_is_kept() {
    JudgedEvent first = events(0, 1).getFirst();
    List<JudgedEvent> rest = repeated(events(1, 1), RecentArrivals.MAX_EVENTS);

    arrivals.add(
        OfferSource.IMPORT,
        NOON,
        IntStream.range(0, rest.size() + 1)
            .mapToObj(i -> i == 0 ? first : rest.get(i - 1))
            .toList());

    assertThat(arrivals.find(first.event().id())).isEmpty();
    assertThat(arrivals.find(rest.getFirst().event().id())).isPresent();
  }

  private static List<JudgedEvent> repeated(List<JudgedEvent> one, int times) {
    return IntStream.range(0, times).mapToObj(i -> one.getFirst()).toList();
  }

  private static List<JudgedEvent> events(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> BART.tease(NOON.getEpochSecond() * 1_000_000_000L + i, "x" + i))
        .map(json -> new JudgedEvent(Citizen.read(json).event(), Verdict.VALID))
        .toList();
  }
}
