package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.KeyPair;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;

/** A peer that makes keys does not get a larger share of a full ledger by them. */
class HousesTest {
  private static final PublicKey KEY = KeyPair.fromSeed(new byte[32]).publicKey();
  private static final Witness MALLORY = new Witness("10.0.0.9:7433", true);
  private static final List<String> HONEST = names("honest", 10);
  private static final List<String> FIFTY = names("mallory", 50);

  private final Keyring keyring = new Keyring();
  private final Ledger ledger = new Ledger(LedgerConfig.ofSize(20_000), keyring);

  @Test
  void fifty_keys_of_one_configured_peer_displace_no_event_of_another_peers_naras() {
    serve(HONEST, new Witness("10.0.0.1:7433", true));
    serve(FIFTY, MALLORY);

    assertThatHonestEventsStay();
  }

  @Test
  void fifty_keys_of_one_peer_displace_no_event_of_naras_with_three_witnesses() {
    serve(HONEST, new Witness("10.0.0.1:7433", true));
    serve(HONEST, new Witness("10.0.0.2", false));
    serve(HONEST, new Witness("10.0.0.3", false));
    serve(FIFTY, MALLORY);

    assertThatHonestEventsStay();
  }

  @Test
  void fifty_keys_of_one_discovered_peer_displace_no_event_of_another_peers_naras() {
    serve(HONEST, new Witness("10.0.0.1", false));
    serve(FIFTY, new Witness("10.0.0.9", false));

    assertThatHonestEventsStay();
  }

  @Test
  void fifty_names_that_answer_pings_at_one_host_displace_no_event_of_others() {
    serve(HONEST, new Witness("10.0.0.1:7433", true));
    for (String name : FIFTY) {
      keyring.learn(name, "", KEY, Origin.PING, new Witness("10.0.0.9", false));
    }

    assertThatHonestEventsStay();
  }

  @Test
  void second_witness_that_comes_later_helps_stored_events() {
    serve(HONEST, MALLORY);
    serve(FIFTY, MALLORY);
    List<Event> honest = honestEvents(500);
    ledger.merge(judged(honest));
    serve(HONEST, new Witness("10.0.0.1:7433", true));
    ledger.merge(shuffled(List.of(), flood()));

    assertThatAreHeld(honest);
  }

  private void serve(List<String> names, Witness witness) {
    names.forEach(name -> keyring.learn(name, "", KEY, Origin.HEY_THERE, witness));
  }

  private void assertThatHonestEventsStay() {
    List<Event> honest = honestEvents(500);
    List<JudgedEvent> all = shuffled(honest, flood());
    for (int from = 0; from < all.size(); from += 1_000) {
      ledger.merge(all.subList(from, from + 1_000));
    }

    assertThatAreHeld(honest);
  }

  private void assertThatAreHeld(List<Event> events) {
    Set<EventId> held = new HashSet<>();
    ledger.export().forEach(event -> held.add(event.id()));
    assertThat(held).hasSize(20_000);
    assertThat(events).allMatch(event -> held.contains(event.id()));
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static List<Event> honestEvents(int each) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < HONEST.size() * each; i++) {
      String name = HONEST.get(i % HONEST.size());
      String target = HONEST.get((i + 1) % HONEST.size());
      Social social = new Social("tease", name, "", target, "", "random", "");
      events.add(TestEvents.signed(1 + i, name, social));
    }
    return events;
  }

  /** Restarts, which rank above all that the honest naras have. */
  private static List<Event> flood() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      String name = FIFTY.get(i % FIFTY.size());
      Observation restart =
          new Observation(
              name, "", "s" + i, "", Observation.RESTART, 3, false, 1 + i, 1, 0, "", "", 0);
      events.add(TestEvents.signed(1_000_000 + i, name, restart));
    }
    return events;
  }

  private static List<JudgedEvent> shuffled(List<Event> some, List<Event> others) {
    List<JudgedEvent> all = new ArrayList<>(judged(some));
    all.addAll(judged(others));
    Collections.shuffle(all, new Random(1));
    return all;
  }

  private static List<JudgedEvent> judged(List<Event> events) {
    return events.stream().map(event -> new JudgedEvent(event, Verdict.VALID)).toList();
  }
}
