package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Service;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Witness;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

/** Anybody can make two keys, and with them a valid checkpoint about somebody else. */
class InventedVotersTest {
  private static final int RESTARTS = 40;

  /** Observations of a pair that a ledger keeps once a checkpoint covers them, by the contract. */
  private static final int KEPT_OF_A_PAIR = 20;

  private static final Citizen LISA = Citizen.named("lisa");
  private static final List<Citizen> HONEST = citizens("v1", "v2", "v3");
  private static final List<Citizen> INVENTED = citizens("m1", "m2", "m3", "m4", "m5");

  private final Keyring keys = new Keyring();
  private final Ledger ledger = new Ledger(LedgerConfig.ofSize(10_000), keys);

  private static List<Citizen> citizens(String... names) {
    return Stream.of(names).map(Citizen::named).toList();
  }

  @Test
  void invented_voters_neither_remove_restarts_nor_set_values_of_an_established_nara() {
    lisaIsEstablished();
    INVENTED.forEach(voter -> learn(voter, "10.0.0.66"));
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 9_999, INVENTED, INVENTED.size())));

    assertThat(countRestarts()).isEqualTo(RESTARTS);
    SubjectSummary summary = ledger.summary("lisa", 2_000);
    assertThat(summary.restarts()).isEqualTo(RESTARTS);
    assertThat(summary.latestCheckpointId()).isEmpty();
    assertThat(summary.totalUptimeSeconds()).isZero();
    assertThat(summary.firstSeenSeconds()).isEqualTo(101);
  }

  @Test
  void established_voters_remove_restarts_and_set_values() {
    lisaIsEstablished();
    HONEST.forEach(this::establish);
    ledger.merge(restarts());

    JudgedEvent honest = checkpoint(1_000, 50, HONEST, 3);
    ledger.merge(List.of(honest));

    assertThat(countRestarts()).isEqualTo(KEPT_OF_A_PAIR);
    SubjectSummary summary = ledger.summary("lisa", 2_000);
    assertThat(summary.restarts()).isEqualTo(50);
    assertThat(summary.latestCheckpointId()).isEqualTo(honest.event().id().toString());
  }

  @Test
  void later_checkpoint_of_invented_voters_does_not_outrank_the_established_one() {
    HONEST.forEach(this::establish);
    INVENTED.forEach(voter -> learn(voter, "10.0.0.66"));
    JudgedEvent honest = checkpoint(1_000, 50, HONEST, 3);

    ledger.merge(List.of(honest, checkpoint(1_500, 9_999, INVENTED, 5)));

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
  }

  @Test
  void one_established_voter_beside_invented_ones_does_not_suffice() {
    lisaIsEstablished();
    establish(HONEST.getFirst());
    INVENTED.forEach(voter -> learn(voter, "10.0.0.66"));
    List<Citizen> mixed = new ArrayList<>(INVENTED);
    mixed.add(HONEST.getFirst());
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 9_999, mixed, 6)));

    assertThat(countRestarts()).isEqualTo(RESTARTS);
    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(RESTARTS);
  }

  @Test
  void voters_that_respond_at_one_address_are_one_voter() {
    lisaIsEstablished();
    for (Citizen voter : INVENTED) {
      Witness stranger = new Witness("10.0.0.66", false);
      keys.learn(voter.name(), voter.id(), voter.key(), Origin.PING, stranger);
    }
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 9_999, INVENTED, 5)));

    assertThat(countRestarts()).isEqualTo(RESTARTS);
    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(RESTARTS);
  }

  @Test
  void checkpoint_counts_in_a_network_on_one_host() {
    Witness host = new Witness("127.0.0.1", false);
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.PING, host);
    for (Citizen voter : HONEST) {
      keys.learn(voter.name(), voter.id(), voter.key(), Origin.PING, host);
    }

    ledger.merge(List.of(checkpoint(1_000, 50, HONEST, 3)));

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
  }

  @Test
  void configured_peer_that_vouches_for_all_voters_sets_values() {
    Witness peer = new Witness("10.0.0.1:7433", true);
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.HEY_THERE, peer);
    for (Citizen voter : HONEST) {
      keys.learn(voter.name(), voter.id(), voter.key(), Origin.HEY_THERE, peer);
    }
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 50, HONEST, 3)));

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
    assertThat(countRestarts()).as("it passes on what strangers announce").isEqualTo(RESTARTS);
  }

  @Test
  void established_voters_outrank_those_that_others_vouch_for() {
    lisaIsEstablished();
    HONEST.forEach(this::establish);
    INVENTED.forEach(voter -> learn(voter, "10.0.0.1", "10.0.0.2"));
    JudgedEvent honest = checkpoint(1_000, 50, HONEST, 3);

    ledger.merge(List.of(honest, checkpoint(1_500, 9_999, INVENTED, 5)));

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
  }

  @Test
  void one_key_under_two_established_names_is_one_voter() {
    lisaIsEstablished();
    establish(HONEST.getFirst());
    Witness host = new Witness("10.0.0.9", false);
    keys.learn("twin", "", HONEST.getFirst().key(), Origin.PING, host);
    ledger.merge(restarts());

    Voter twin = new Voter("twin", HONEST.getFirst().key());
    Voter first = new Voter("v1", HONEST.getFirst().key());
    Event event = checkpoint(1_000, 9_999, HONEST, 2).event();
    ledger.merge(List.of(new JudgedEvent(event, Verdict.VALID, Voters.of(List.of(first, twin)))));

    assertThat(countRestarts()).isEqualTo(RESTARTS);
  }

  @Test
  void voter_whose_name_has_another_key_by_now_does_not_count() {
    lisaIsEstablished();
    establish(HONEST.get(0));
    keys.learn("v2", "", Citizen.impostor("v2").key(), Origin.CONFIG);
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 9_999, HONEST.subList(0, 2), 2)));

    assertThat(countRestarts()).isEqualTo(RESTARTS);
  }

  @Test
  void checkpoint_counts_in_a_network_in_which_nobody_is_established() {
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.HEY_THERE);
    HONEST.forEach(voter -> keys.learn(voter.name(), voter.id(), voter.key(), Origin.HEY_THERE));
    ledger.merge(restarts());

    ledger.merge(List.of(checkpoint(1_000, 50, HONEST, 3)));

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
    // Removed events do not come back.
    assertThat(countRestarts()).isEqualTo(RESTARTS);
  }

  @Test
  void checkpoint_covers_restarts_when_it_is_offered_after_its_voters_are_established() {
    lisaIsEstablished();
    HONEST.forEach(voter -> learn(voter, "10.0.0.1"));
    JudgedEvent honest = checkpoint(1_000, 50, HONEST, 3);
    ledger.merge(restarts());
    ledger.merge(List.of(honest));
    assertThat(countRestarts()).isEqualTo(RESTARTS);

    HONEST.forEach(this::establish);
    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
    ledger.merge(List.of(honest));
    assertThat(countRestarts()).isEqualTo(KEPT_OF_A_PAIR);
  }

  @Test
  void voters_of_the_same_bytes_add_up() {
    lisaIsEstablished();
    HONEST.forEach(this::establish);
    Event event = checkpoint(1_000, 50, HONEST, 3).event();
    for (Citizen voter : HONEST) {
      ledger.merge(List.of(new JudgedEvent(event, Verdict.VALID, voters(List.of(voter)))));
    }

    assertThat(ledger.summary("lisa", 2_000).restarts()).isEqualTo(50);
  }

  @Test
  void votes_that_are_not_valid_do_not_make_a_better_form() {
    HONEST.forEach(this::establish);
    INVENTED.forEach(voter -> learn(voter, "10.0.0.66"));
    JudgedEvent honest = checkpoint(1_000, 50, HONEST, 3);
    List<Citizen> all = new ArrayList<>(HONEST);
    all.addAll(INVENTED);
    List<JudgedEvent> padded =
        List.of(
            // With votes that no key has signed, with votes of strangers, and stripped.
            checkpoint(1_000, 50, HONEST, 30),
            checkpoint(1_000, 50, all, 8),
            checkpoint(1_000, 50, HONEST.subList(0, 2), 2));
    List<JudgedEvent> order = new ArrayList<>(padded);
    order.add(honest);
    for (int i = 0; i < order.size(); i++) {
      Collections.rotate(order, 1);
      Ledger each = new Ledger(LedgerConfig.ofSize(10_000), keys);
      order.forEach(event -> each.merge(List.of(event)));
      assertThat(each.export()).containsExactly(honest.event());
    }
  }

  @Test
  void votes_of_less_known_voters_make_a_better_form_too() {
    establish(HONEST.get(0));
    establish(HONEST.get(1));
    learn(HONEST.get(2), "10.0.0.1", "10.0.0.2");
    JudgedEvent whole = checkpoint(1_000, 50, HONEST, 3);
    JudgedEvent stripped = checkpoint(1_000, 50, HONEST.subList(0, 2), 2);
    for (List<JudgedEvent> order : List.of(List.of(whole, stripped), List.of(stripped, whole))) {
      Ledger each = new Ledger(LedgerConfig.ofSize(10_000), keys);
      order.forEach(event -> each.merge(List.of(event)));
      assertThat(each.export()).containsExactly(whole.event());
    }
  }

  private void lisaIsEstablished() {
    establish(LISA);
  }

  /** Lets it respond at an address of its own. */
  private void establish(Citizen nara) {
    Witness host = new Witness("host of " + nara.name(), false);
    keys.learn(nara.name(), nara.id(), nara.key(), Origin.PING, host);
  }

  private void learn(Citizen nara, String... hosts) {
    for (String host : hosts) {
      keys.learn(nara.name(), nara.id(), nara.key(), Origin.HEY_THERE, new Witness(host, false));
    }
  }

  private int countRestarts() {
    return ledger.stats().byService().getOrDefault(Service.OBSERVATION, 0);
  }

  /** Restarts of lisa that an observer states without a signature, as the reference does. */
  private static List<JudgedEvent> restarts() {
    List<JudgedEvent> restarts = new ArrayList<>();
    for (int i = 1; i <= RESTARTS; i++) {
      Observation restart =
          new Observation(
              "v1", "", "lisa", "", Observation.RESTART, 3, false, 100 + i, i, 0, "", "", 0);
      restarts.add(TestEvents.unsigned(TestEvents.event(i * TestEvents.SECOND, restart)));
    }
    return restarts;
  }

  /**
   * A checkpoint about lisa.
   *
   * @param voters those whose votes are valid
   * @param votes all of them
   */
  private static JudgedEvent checkpoint(long asOf, long restarts, List<Citizen> voters, int votes) {
    List<String> ids = new ArrayList<>(voters.stream().map(Citizen::id).toList());
    while (ids.size() < votes) {
      ids.add("voter " + ids.size());
    }
    Checkpoint payload =
        new Checkpoint(
            2,
            "lisa",
            LISA.id(),
            "",
            new Checkpoint.AgreedValues(restarts, 7, 1),
            asOf,
            1,
            ids,
            Collections.nCopies(votes, "vote"));
    Event event = TestEvents.event(asOf * TestEvents.SECOND, payload);
    return new JudgedEvent(event, Verdict.VALID, voters(voters));
  }

  private static Voters voters(List<Citizen> voters) {
    return Voters.of(voters.stream().map(voter -> new Voter(voter.name(), voter.key())).toList());
  }
}
