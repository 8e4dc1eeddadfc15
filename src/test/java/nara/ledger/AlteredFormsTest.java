package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;

/** Copies of honest events with changes that no signature covers. */
class AlteredFormsTest implements Standing.Lookup {
  private final Set<String> known = new HashSet<>(Set.of("lisa", "bart"));
  private final Map<String, String> namesOfIds = new HashMap<>();

  @Override
  public Standing standing(String name) {
    return known.contains(name) ? Standing.KNOWN : Standing.UNKNOWN;
  }

  @Override
  public Optional<String> nameOf(String id) {
    return Optional.ofNullable(namesOfIds.get(id));
  }

  @Test
  void checkpoint_with_an_invented_subject_does_not_replace_the_honest_one() {
    assertIsShown(checkpoint("lisa", 5), checkpoint("a", 5), Verdict.VALID);
  }

  @Test
  void checkpoint_with_another_known_subject_does_not_replace_the_one_of_its_id() {
    namesOfIds.put("id-lisa", "lisa");
    known.add("al");

    assertIsShown(checkpoint("lisa", 5), checkpoint("al", 5), Verdict.VALID);
  }

  @Test
  void checkpoint_stripped_to_two_voters_does_not_replace_the_whole_one() {
    assertIsShown(checkpoint("lisa", 5), checkpoint("lisa", 2), Verdict.VALID);
    assertIsShown(checkpoint("lisa", 5), checkpoint("a", 2), Verdict.VALID);
  }

  @Test
  void better_form_of_a_checkpoint_may_come() {
    Ledger ledger = ledger();
    Event altered = checkpoint("a", 2);
    ledger.merge(List.of(new JudgedEvent(altered, Verdict.VALID)));

    assertThat(ledger.validIds(List.of(altered.id())).isEmpty()).isTrue();
  }

  @Test
  void restart_of_an_unknown_observer_does_not_replace_the_honest_one() {
    assertIsShown(restart("bart", 0), restart("a", 0), Verdict.UNSIGNED);
  }

  @Test
  void restart_without_its_optional_fields_does_not_replace_the_honest_one() {
    assertIsShown(restart("bart", 5), restart("bart", 0), Verdict.UNSIGNED);
  }

  @Test
  void hey_there_without_its_id_or_with_the_id_of_another_does_not_replace_the_honest_one() {
    namesOfIds.put("i", "bart");

    assertIsShown(heyThere("id-lisa"), heyThere(""), Verdict.VALID);
    assertIsShown(heyThere("id-lisa"), heyThere("i"), Verdict.VALID);
    namesOfIds.put("id-lisa", "lisa");
    assertIsShown(heyThere("id-lisa"), heyThere("x"), Verdict.VALID);
  }

  @Test
  void hey_there_is_final_once_it_has_its_id() {
    namesOfIds.put("id-lisa", "lisa");
    Ledger ledger = ledger();
    for (String id : List.of("", "id-lisa")) {
      Event heyThere = heyThere(id);
      ledger.merge(List.of(new JudgedEvent(heyThere, Verdict.VALID)));
      assertThat(ledger.validIds(List.of(heyThere.id())).get(0)).isEqualTo(!id.isEmpty());
    }
  }

  @Test
  void unknown_fields_do_not_make_a_form_better() {
    Event honest = restart("bart", 0);
    String json = new String(honest.json(), StandardCharsets.UTF_8);
    Event junk = TestEvents.read(json.substring(0, json.length() - 1) + ",\"junk\":1}");

    assertIsShown(honest, junk, Verdict.UNSIGNED);
    assertIsShown(honest, junk, Verdict.VALID);
  }

  /** Otherwise whoever comes first with a padded form would keep the honest one out. */
  @Test
  void form_with_unknown_fields_may_be_replaced() {
    Ledger ledger = ledger();
    String json = new String(restart("bart", 0).json(), StandardCharsets.UTF_8);
    Event junk = TestEvents.read(json.substring(0, json.length() - 1) + ",\"junk\":1}");
    ledger.merge(List.of(new JudgedEvent(junk, Verdict.VALID)));

    assertThat(ledger.validIds(List.of(junk.id())).isEmpty()).isTrue();
  }

  @Test
  void form_of_a_nara_that_becomes_known_is_shown_when_a_form_comes_again() {
    known.remove("bart");
    Ledger ledger = ledger();
    Event honest = restart("bart", 0);
    Event altered = restart("a", 0);
    ledger.merge(TestEvents.allUnsigned(honest, altered));
    assertThat(ledger.export()).containsExactly(altered);

    known.add("bart");
    ledger.merge(TestEvents.allUnsigned(altered));

    assertThat(ledger.export()).containsExactly(honest);
  }

  private Ledger ledger() {
    return new Ledger(LedgerConfig.ofSize(1_000), this);
  }

  private void assertIsShown(Event honest, Event altered, Verdict verdict) {
    assertThat(altered.id()).isEqualTo(honest.id());
    List<Event> forms = new ArrayList<>(List.of(honest, altered));
    for (int order = 0; order < 2; order++) {
      Ledger ledger = ledger();
      forms.forEach(form -> ledger.merge(List.of(new JudgedEvent(form, verdict))));
      assertThat(ledger.export()).containsExactly(honest);
      Collections.reverse(forms);
    }
  }

  private static Event checkpoint(String subject, int voters) {
    Checkpoint.AgreedValues values = new Checkpoint.AgreedValues(1, 1, 1);
    return TestEvents.event(
        1,
        new Checkpoint(
            0,
            subject,
            "id-lisa",
            "",
            values,
            1,
            0,
            Collections.nCopies(voters, "voter"),
            Collections.nCopies(voters, "signature")));
  }

  private static Event restart(String observer, long lastRestart) {
    return TestEvents.event(
        1,
        new Observation(
            observer, "", "lisa", "", "restart", 3, false, 7, 1, lastRestart, "", "", 0));
  }

  private static Event heyThere(String id) {
    return TestEvents.signed(1, "lisa", new HeyThere("lisa", "k", "", id, ""));
  }
}
