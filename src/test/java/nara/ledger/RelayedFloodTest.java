package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.identity.Witness;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

/**
 * A flood that is signed by many keys, whose announcements honest peers pass on. So several
 * configured peers vouch for each of these keys, as for those of honest naras that are offline.
 */
class RelayedFloodTest {
  private static final int MAX_EVENTS = 5_000;
  private static final int HONEST_NARAS = 8;
  private static final int PUPPETS = 50;
  private static final int FLOOD = 20_000;

  private static final Witness FLOODER = new Witness("10.66.0.1", false);
  private static final List<Witness> RELAYS =
      List.of(new Witness("10.0.0.1:7433", true), new Witness("10.0.0.2:7433", true));

  private final Keyring keys = new Keyring();
  private final Ledger ledger = new Ledger(LedgerConfig.ofSize(MAX_EVENTS), keys);
  private final List<Event> honest = new ArrayList<>();

  RelayedFloodTest() {
    for (int i = 0; i < HONEST_NARAS; i++) {
      Witness peer = new Witness("10.0.0." + i + ":7433", true);
      keys.learn("honest-" + i, "", key("honest-" + i), Origin.NAMED_PING, peer);
    }
    for (int i = 0; i < PUPPETS; i++) {
      learnRelayed("puppet-" + i);
    }
    for (int i = 0; i < MAX_EVENTS; i++) {
      honest.add(tease(1 + i, "honest-" + i % HONEST_NARAS, "honest-" + (i + 1) % HONEST_NARAS));
    }
    merge(honest);
    assertThat(ledger.export()).containsAll(honest);
  }

  @Test
  void keys_that_honest_peers_pass_on_take_at_most_half_of_the_room() {
    flood();

    assertThat(keys.standing("puppet-1")).isEqualTo(Standing.VOUCHED);
    assertThat(ledger.export())
        .containsAll(honest.subList(MAX_EVENTS / 2, MAX_EVENTS))
        .hasSizeLessThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void keys_that_one_host_responds_with_have_the_share_of_one_nara() {
    for (int i = 0; i < PUPPETS; i++) {
      keys.learn("puppet-" + i, "", key("puppet-" + i), Origin.PING, FLOODER);
    }

    flood();

    // Eight honest naras and one host: each has a ninth.
    assertThat(keys.standing("puppet-1")).isEqualTo(Standing.ESTABLISHED);
    assertThat(ledger.export())
        .containsAll(honest.subList(MAX_EVENTS / 9 + HONEST_NARAS, MAX_EVENTS))
        .hasSizeLessThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void observations_of_the_flooders_names_take_no_room_of_the_observers_other_events() {
    List<Event> observations = new ArrayList<>();
    for (int observer = 0; observer < HONEST_NARAS; observer++) {
      for (int puppet = 0; puppet < PUPPETS; puppet++) {
        for (int i = 0; i < 12; i++) {
          observations.add(restart("honest-" + observer, "puppet-" + puppet, 1 + i));
        }
      }
    }

    merge(observations);
    flood();

    assertThat(ledger.export())
        .containsAll(honest.subList(MAX_EVENTS / 2, MAX_EVENTS))
        .hasSizeLessThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void observations_restored_before_their_observers_respond_take_no_room_of_their_other_events() {
    Keyring restoredKeys = new Keyring();
    Ledger restored = new Ledger(LedgerConfig.ofSize(MAX_EVENTS), restoredKeys);
    for (int i = 0; i < HONEST_NARAS; i++) {
      restoredKeys.learn("honest-" + i, "", key("honest-" + i), Origin.SNAPSHOT, Witness.NONE);
    }
    for (int i = 0; i < PUPPETS; i++) {
      restoredKeys.learn("puppet-" + i, "", key("puppet-" + i), Origin.SNAPSHOT, Witness.NONE);
    }
    List<Event> observations = new ArrayList<>();
    for (int observer = 0; observer < HONEST_NARAS; observer++) {
      for (int puppet = 0; puppet < PUPPETS; puppet++) {
        for (int i = 0; i < 12; i++) {
          observations.add(restart("honest-" + observer, "puppet-" + puppet, 1 + i));
        }
      }
    }
    merge(restored, observations);
    for (int i = 0; i < HONEST_NARAS; i++) {
      Witness peer = new Witness("10.0.0." + i + ":7433", true);
      restoredKeys.learn("honest-" + i, "", key("honest-" + i), Origin.NAMED_PING, peer);
    }

    merge(restored, honest);

    assertThat(restored.export())
        .containsAll(honest.subList(MAX_EVENTS / 2, MAX_EVENTS))
        .hasSizeLessThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void flood_of_small_shares_removes_nothing_that_established_naras_observed_of_offline_ones() {
    List<Event> observations = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      learnRelayed("offline-" + i);
      for (int observer = 0; observer < 3; observer++) {
        for (int number = 1; number <= 7; number++) {
          observations.add(restart("honest-" + observer, "offline-" + i, 10 * observer + number));
        }
      }
    }
    merge(observations);
    List<Event> flood = new ArrayList<>();
    for (int i = 0; i < PUPPETS; i++) {
      for (int number = 1; number <= 95; number++) {
        flood.add(restart("puppet-" + i, "puppet-" + number % PUPPETS, 1_000 + 100 * i + number));
      }
    }

    merge(flood);

    assertThat(ledger.export())
        .containsAll(observations)
        .containsAll(honest.subList(MAX_EVENTS / 2, MAX_EVENTS));
  }

  @Test
  void observations_of_a_nara_count_with_the_observers_other_events_once_it_responds() {
    List<Event> observations = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      observations.add(restart("honest-1", "puppet-1", 1 + i));
    }
    merge(observations);

    keys.learn("puppet-1", "", key("puppet-1"), Origin.NAMED_PING, RELAYS.getFirst());
    flood();

    assertThat(ledger.export()).containsAll(observations);
  }

  @Test
  void naras_that_are_offline_keep_what_the_others_leave_free() {
    Ledger recovered = new Ledger(LedgerConfig.ofSize(MAX_EVENTS), keys);
    List<JudgedEvent> history = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      learnRelayed("offline-" + i);
    }
    for (int i = 0; i < MAX_EVENTS; i++) {
      Event event = tease(1 + i, "offline-" + i % 40, "offline-" + (i + 1) % 40);
      history.add(new JudgedEvent(event, Verdict.VALID));
    }

    recovered.merge(history);

    assertThat(recovered.export()).hasSize(MAX_EVENTS);
  }

  private void learnRelayed(String name) {
    RELAYS.forEach(relay -> keys.learn(name, "", key(name), Origin.HEY_THERE, relay));
  }

  private void flood() {
    List<Event> flood = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      flood.add(tease(MAX_EVENTS + 1 + i, "puppet-" + i % PUPPETS, "honest-1"));
      if (flood.size() == 100) {
        merge(flood);
        flood.clear();
      }
    }
    merge(flood);
  }

  private void merge(List<Event> events) {
    merge(ledger, events);
  }

  private static void merge(Ledger ledger, List<Event> events) {
    ledger.merge(events.stream().map(event -> new JudgedEvent(event, Verdict.VALID)).toList());
  }

  private static Event tease(long seconds, String actor, String target) {
    return TestEvents.signed(
        seconds * TestEvents.SECOND,
        actor,
        new Social("tease", actor, "", target, "", "flood", ""));
  }

  private static Event restart(String observer, String subject, long number) {
    return TestEvents.signed(
        (2 * MAX_EVENTS + number) * TestEvents.SECOND,
        observer,
        new Observation(
            observer,
            "",
            subject,
            "",
            Observation.RESTART,
            3,
            false,
            number,
            number,
            0,
            "",
            "",
            0));
  }

  private static PublicKey key(String name) {
    return Citizen.named(name).key();
  }
}
