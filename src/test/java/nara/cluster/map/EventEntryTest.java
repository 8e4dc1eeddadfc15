package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.event.json.EventReader;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class EventEntryTest {
  private static final Voter MOE = voter("moe");
  private static final Voter OTTO = voter("otto");

  private final Citizen lisa = Citizen.named("lisa");
  private final Event tease = Citizen.read(lisa.tease(1_000_000_000L, "bart")).event();
  private final Event checkpoint = checkpoint();

  @Test
  void voters_of_a_checkpoint_come_back_in_any_order_under_one_key() {
    String key = key(Voters.of(List.of(OTTO, MOE)));

    assertThat(key).isEqualTo(key(Voters.of(List.of(MOE, OTTO))));
    assertThat(EventEntry.voters(key)).isEqualTo(Voters.of(List.of(MOE, OTTO)));
    assertThat(EventEntry.id(key)).isEqualTo(checkpoint.id());
  }

  @Test
  void examined_checkpoint_without_a_valid_vote_differs_from_an_unexamined_one() {
    assertThat(EventEntry.voters(key(Voters.of(List.of())))).isEqualTo(Voters.of(List.of()));
    assertThat(EventEntry.voters(key(Voters.UNEXAMINED))).isEqualTo(Voters.UNEXAMINED);
    assertThat(EventEntry.voters(EventEntry.key(valid(tease)))).isEqualTo(Voters.UNEXAMINED);
  }

  @Test
  void entry_with_more_voters_covers_those_with_fewer() {
    String both = key(Voters.of(List.of(MOE, OTTO)));
    String one = key(Voters.of(List.of(OTTO)));
    String none = key(Voters.UNEXAMINED);

    assertThat(EventEntry.isCovered(one, both)).isTrue();
    assertThat(EventEntry.isCovered(none, one)).isTrue();
    assertThat(EventEntry.isCovered(both, one)).isFalse();
    assertThat(EventEntry.isCovered(one, none)).isFalse();
    assertThat(EventEntry.form(both)).isEqualTo(EventEntry.form(none)).isEqualTo(none);
  }

  @Test
  void retracted_entry_keeps_the_event_and_looks_malformed_to_an_earlier_version() {
    byte[] value = EventEntry.value(valid(tease));
    byte[] retracted = EventEntry.retractedValue(valid(tease));

    assertThat(EventEntry.isRetracted(value)).isFalse();
    assertThat(EventEntry.isRetracted(retracted)).isTrue();
    assertThat(read(value, EventEntry.jsonLength(value))).isEqualTo(tease.json());
    assertThat(read(retracted, EventEntry.jsonLength(retracted))).isEqualTo(tease.json());
    assertThat(EventEntry.verdict(retracted)).isEqualTo(Verdict.VALID);
    assertThat(new EventReader().read(retracted, 1, retracted.length - 1))
        .isNotInstanceOf(ReadResult.ParsedEvent.class);
  }

  private static byte[] read(byte[] value, int length) {
    return ((ReadResult.ParsedEvent) new EventReader().read(value, 1, length)).event().json();
  }

  private String key(Voters voters) {
    return EventEntry.key(new JudgedEvent(checkpoint, Verdict.VALID, voters));
  }

  private static JudgedEvent valid(Event event) {
    return new JudgedEvent(event, Verdict.VALID);
  }

  private static Event checkpoint() {
    return Citizen.read(
            Citizen.unsigned(
                2_000_000_000L,
                new Checkpoint(
                    2,
                    "bart",
                    "",
                    "",
                    new Checkpoint.AgreedValues(1, 1, 1),
                    2,
                    1,
                    List.of("m", "o"),
                    List.of("", ""))))
        .event();
  }

  private static Voter voter(String name) {
    return new Voter(name, Citizen.named(name).key());
  }
}
