package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Event;
import nara.event.Verdict;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.identity.Witness;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.testing.Citizen;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An attacker announces keys of its own for the names of others, in a recovery and after it. */
class ContestedNamesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int NAMES = 10;
  private static final int EVENTS_EACH = 30;
  private static final long NOW = InstantSource.system().instant().getEpochSecond() * 1_000_000_000;
  private static final Witness ATTACKER = new Witness("10.6.6.6:7433", true);

  private final Keyring keys = new Keyring();
  private final List<byte[]> honest = new ArrayList<>();
  private final List<byte[]> forged = new ArrayList<>();
  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void makeHistories() {
    deploy(keys);
    for (int name = 0; name < NAMES; name++) {
      addHistory(Citizen.named("name-" + name), honest, NOW - 1_000_000);
      // Older than the honest one, so that it would be the first key.
      addHistory(Citizen.impostor("name-" + name), forged, NOW - 2_000_000);
    }
  }

  private static void addHistory(Citizen citizen, List<byte[]> events, long from) {
    events.add(citizen.heyThere(from, ""));
    for (int i = 1; i <= EVENTS_EACH; i++) {
      events.add(citizen.tease(from + i, "somebody"));
    }
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void three_honest_neighbours_outweigh_one_attacker_in_any_order() {
    List<Map.Entry<Witness, List<byte[]>>> offers = new ArrayList<>();
    offers.add(Map.entry(ATTACKER, forged));
    for (int neighbour = 0; neighbour < 3; neighbour++) {
      offers.add(Map.entry(neighbour(neighbour), honest));
    }
    for (int seed = 0; seed < 4; seed++) {
      Collections.rotate(offers, 1);
      open();
      for (Map.Entry<Witness, List<byte[]>> offer : offers) {
        for (List<byte[]> page : pages(offer.getValue(), new Random(seed))) {
          offer(offer.getKey(), page);
        }
      }
      assertThat(held()).as("rotation " + seed).isEqualTo(texts(honest));
      close();
      deploy(new Keyring());
    }
  }

  @Test
  void one_to_one_holds_no_forged_event_and_what_evidence_decides() {
    open();
    Citizen neighbour = Citizen.named("name-0");
    keys.learn("name-0", "", neighbour.key(), Origin.NAMED_PING, neighbour(0));
    offer(ATTACKER, forged);
    offer(neighbour(0), honest);

    assertThat(held())
        .isEqualTo(texts(honest.stream().filter(event -> text(event).contains("name-0")).toList()));
    TrustRequest.UnknownEmitters unknown = request(new TrustRequest.ListUnknownEmitters());
    assertThat(unknown.contestedByName()).hasSize(NAMES - 1);
    assertThat(unknown.keylessByName()).isEmpty();
    assertThat(unknown.contestedByName().get("name-1")).isEqualTo(2 * (EVENTS_EACH + 1));

    for (int name = 1; name < NAMES; name++) {
      Citizen citizen = Citizen.named("name-" + name);
      keys.learn(citizen.name(), "", citizen.key(), Origin.PEER_QUERY, neighbour(1));
    }
    request(new TrustRequest.VerifyReleased());
    assertThat(held()).isEqualTo(texts(honest));
  }

  @Test
  void honest_discovered_neighbours_dispute_what_one_configured_attacker_decides() {
    open();
    offer(ATTACKER, forged);
    offer(new Witness("10.0.0.1", false), honest);

    assertThat(waitingForContestedKeys()).as("one to one").hasSize(NAMES);
    assertThat(waitingForContestedKeys()).containsEntry("name-1", EVENTS_EACH + 1);

    offer(new Witness("10.0.0.2", false), honest);
    assertThat(waitingForContestedKeys()).as("one to two").hasSize(NAMES);
    assertThat(request(new TrustRequest.ListKeyConflicts()).conflicts())
        .allSatisfy(conflict -> assertThat(conflict.disputed()).isTrue());

    for (int name = 0; name < NAMES; name++) {
      Citizen citizen = Citizen.named("name-" + name);
      keys.learn(citizen.name(), "", citizen.key(), Origin.CONFIG);
    }
    request(new TrustRequest.VerifyReleased());
    assertThat(waitingForContestedKeys()).isEmpty();
    assertThat(held()).isEqualTo(texts(honest));
  }

  @Test
  void one_attacker_cannot_dispute_names_that_two_honest_neighbours_support() {
    open();
    offer(neighbour(0), honest);
    offer(new Witness("10.0.0.1", false), honest);
    offer(new Witness("10.6.6.6", false), forged);

    assertThat(held()).isEqualTo(texts(honest));
    assertThat(request(new TrustRequest.ListUnknownEmitters()).quarantinedByName())
        .as("forgeries wait")
        .hasSize(NAMES);
    assertThat(waitingForContestedKeys()).isEmpty();
  }

  private Map<String, Integer> waitingForContestedKeys() {
    return request(new TrustRequest.ListUnknownEmitters()).contestedByName();
  }

  @Test
  void names_stay_quiet_when_a_neighbour_holds_both_histories_and_a_direct_answer_decides() {
    open();
    List<byte[]> both = new ArrayList<>(forged);
    both.addAll(honest);
    for (int neighbour = 0; neighbour < 3; neighbour++) {
      for (List<byte[]> page : pages(both, new Random(neighbour))) {
        offer(neighbour(neighbour), page);
      }
    }
    assertThat(held()).isEmpty();

    for (int name = 0; name < NAMES; name++) {
      Citizen citizen = Citizen.named("name-" + name);
      keys.learn(citizen.name(), "", citizen.key(), Origin.PEER_QUERY, neighbour(0));
    }
    OfferResult result = request(new TrustRequest.VerifyQuarantined());
    assertThat(held()).isEqualTo(texts(honest));
    assertThat(result.verdicts()).doesNotContainKey(Verdict.BAD_SIGNATURE);
  }

  @Test
  void forged_events_leave_the_ledger_when_another_key_holds() {
    offer(new Witness("10.6.6.6", false), forged);
    assertThat(held()).isEqualTo(texts(forged));

    for (int name = 0; name < NAMES; name++) {
      Citizen citizen = Citizen.named("name-" + name);
      keys.learn(citizen.name(), "", citizen.key(), Origin.NAMED_PING, neighbour(0));
    }
    OfferResult result = request(new TrustRequest.VerifyQuarantined());
    assertThat(held()).isEmpty();
    offer(neighbour(0), honest);

    assertThat(held()).isEqualTo(texts(honest));
    assertThat(result.added()).isEqualTo(-forged.size());
    assertThat(result.rejected()).isEqualTo(forged.size());
  }

  @Test
  void conflicts_tell_who_supports_which_key_and_how_many_events_wait() {
    open();
    offer(ATTACKER, forged);
    offer(neighbour(0), honest);

    TrustRequest.KeyConflicts found = request(new TrustRequest.ListKeyConflicts());
    assertThat(found.conflicts()).hasSize(NAMES);
    assertThat(found.conflicts())
        .allSatisfy(
            conflict -> {
              assertThat(conflict.decision()).isEmpty();
              assertThat(conflict.claims())
                  .extracting(Keyring.ClaimedKey::evidence)
                  .containsExactly(
                      List.of("configured peer 10.6.6.6:7433"),
                      List.of("configured peer 10.0.0.0:7433"));
            });
    assertThat(found.waiting().get("name-3")).isEqualTo(2 * (EVENTS_EACH + 1));
  }

  private void deploy(Keyring known) {
    vertx = Vertx.vertx();
    bus = Bus.of(vertx);
    await(
        vertx.deployVerticle(
            new LedgerVerticle(
                LedgerConfig.ofSize(10_000),
                name -> Standing.KNOWN,
                RandomGenerator.getDefault())));
    await(
        vertx.deployVerticle(
            new TrustVerticle(
                TrustConfig.defaults(), new TableVerifier(64), known, InstantSource.system())));
  }

  private static List<List<byte[]>> pages(List<byte[]> events, Random random) {
    List<byte[]> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);
    // The announcements come first, as in a recovery.
    shuffled.sort((a, b) -> Boolean.compare(!isHeyThere(a), !isHeyThere(b)));
    List<List<byte[]>> pages = new ArrayList<>();
    for (int from = 0; from < shuffled.size(); from += 50) {
      pages.add(shuffled.subList(from, Math.min(from + 50, shuffled.size())));
    }
    return pages;
  }

  private static boolean isHeyThere(byte[] event) {
    return text(event).contains("\"hey-there\"");
  }

  private static Witness neighbour(int number) {
    return new Witness("10.0.0." + number + ":7433", true);
  }

  private void open() {
    request(new TrustRequest.OpenKeyClaims());
  }

  private OfferResult offer(Witness witness, List<byte[]> events) {
    return request(
        new TrustRequest.OfferEvents(
            OfferSource.peer(witness.host()), witness, RawEvents.join(events), false));
  }

  private <R extends BusMessage> R request(TrustRequest<R> request) {
    return await(bus.request(TrustRequest.ADDRESS, request, TIMEOUT));
  }

  private Set<String> held() {
    return await(bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT))
        .events()
        .stream()
        .map(Event::json)
        .map(ContestedNamesTest::text)
        .collect(Collectors.toSet());
  }

  private static Set<String> texts(List<byte[]> events) {
    return events.stream().map(ContestedNamesTest::text).collect(Collectors.toSet());
  }

  private static String text(byte[] event) {
    return new String(event, StandardCharsets.UTF_8);
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
