package nara.identity;

import static nara.identity.LearnResult.ADDED;
import static nara.identity.LearnResult.CONFLICT;
import static nara.identity.LearnResult.FULL;
import static nara.identity.LearnResult.KNOWN;
import static nara.identity.LearnResult.REFUSED;
import static nara.identity.Origin.CONFIG;
import static nara.identity.Origin.HEARSAY;
import static nara.identity.Origin.HEY_THERE;
import static nara.identity.Origin.HOWDY;
import static nara.identity.Origin.IMPORT;
import static nara.identity.Origin.NAMED_PING;
import static nara.identity.Origin.NEWSPAPER;
import static nara.identity.Origin.PEER_QUERY;
import static nara.identity.Origin.PING;
import static nara.identity.Origin.SELF;
import static nara.identity.Origin.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import nara.identity.KeyLookup.Contested;
import nara.identity.KeyLookup.Known;
import nara.identity.KeyLookup.Mismatch;
import nara.identity.KeyLookup.Unknown;
import nara.identity.Keyring.Changes;
import nara.identity.Keyring.ClaimedKey;
import nara.identity.Keyring.KeyEntry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is believed to have which key, rule by rule. */
class KeyringTest {
  private static final PublicKey LISAS = key(1);
  private static final PublicKey RACCOONS = key(2);
  private static final PublicKey MALLORYS = key(3);

  private static final Witness MOE = new Witness("10.0.0.1:7433", true);
  private static final Witness NED = new Witness("10.0.0.2:7433", true);
  private static final Witness ELSEWHERE = new Witness("10.6.6.6", false);
  private static final Witness NOWHERE = new Witness("10.6.6.7", false);

  private final Keyring keyring = new Keyring();

  @Nested
  class Names {
    @Test
    void keyring_adds_first_key_of_name() {
      assertThat(keyring.learn("lisa", "", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.byName("lisa")).contains(LISAS);
      assertThat(keyring.size()).isEqualTo(1);
    }

    @Test
    void keyring_reports_known_when_key_is_repeated() {
      keyring.learn("lisa", "L", LISAS, PING);
      long version = keyring.version();
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(keyring.learn("lisa", "", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(keyring.version()).isEqualTo(version);
      assertThat(keyring.entries()).containsExactly(new KeyEntry("lisa", "L", LISAS, PING));
    }

    @Test
    void first_key_of_name_stays_when_evidence_is_equal() {
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      for (Origin origin : List.of(HEY_THERE, HOWDY, HEARSAY, NEWSPAPER, IMPORT, PEER_QUERY)) {
        assertThat(keyring.learn("lisa", "", MALLORYS, origin)).isEqualTo(CONFLICT);
      }
      assertThat(keyring.byName("lisa")).contains(LISAS);
    }

    @Test
    void keyring_ignores_id_of_rejected_key() {
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      keyring.learn("lisa", "M", MALLORYS, HEY_THERE);
      assertThat(keyring.byId("M")).isEmpty();
      assertThat(keyring.idOf("lisa")).isEmpty();
    }

    @Test
    void keyring_compares_names_exactly() {
      keyring.learn("lisa", "", LISAS, PING);
      assertThat(keyring.learn("Lisa", "", MALLORYS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn("lisa\n", "", MALLORYS, PING)).isEqualTo(ADDED);
      assertThat(keyring.byName("lisa")).contains(LISAS);
    }

    @Test
    void keyring_allows_two_names_with_one_key() {
      assertThat(keyring.learn("lisa", "L", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn("lisa-at-work", "W", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("W")).contains("lisa-at-work");
    }
  }

  @Nested
  class Evidence {
    /** One piece of evidence for a key; a later list is stronger. */
    record Claim(Origin origin, Witness witness) {}

    private final List<List<Claim>> weakToStrong =
        List.of(
            List.of(new Claim(HEARSAY, Witness.NONE)),
            List.of(new Claim(HEY_THERE, ELSEWHERE)),
            List.of(new Claim(HEY_THERE, NOWHERE), new Claim(PEER_QUERY, ELSEWHERE)),
            List.of(new Claim(PING, ELSEWHERE)),
            List.of(new Claim(HEY_THERE, MOE)),
            List.of(new Claim(HEY_THERE, MOE), new Claim(PEER_QUERY, NED)),
            List.of(new Claim(NAMED_PING, NED)),
            List.of(new Claim(SNAPSHOT, Witness.NONE)),
            List.of(new Claim(CONFIG, Witness.NONE)),
            List.of(new Claim(SELF, Witness.NONE)));

    @Test
    void stronger_evidence_decides_whatever_came_first() {
      for (int weak = 0; weak < weakToStrong.size(); weak++) {
        for (int strong = weak + 1; strong < weakToStrong.size(); strong++) {
          for (boolean strongFirst : List.of(true, false)) {
            Keyring open = open();
            give(open, strongFirst ? LISAS : MALLORYS, strongFirst ? strong : weak);
            give(open, strongFirst ? MALLORYS : LISAS, strongFirst ? weak : strong);
            // Where both have the same witness, it supports neither.
            if (!shareWitness(weak, strong)) {
              assertThat(open.byName("lisa")).as(weak + " " + strong).contains(LISAS);
            }
          }
        }
      }
    }

    private boolean shareWitness(int one, int other) {
      return weakToStrong.get(one).stream()
          .anyMatch(
              claim ->
                  !claim.witness().equals(Witness.NONE)
                      && weakToStrong.get(other).stream()
                          .anyMatch(each -> each.witness().equals(claim.witness())));
    }

    private void give(Keyring to, PublicKey key, int strength) {
      weakToStrong
          .get(strength)
          .forEach(claim -> to.learn("lisa", "", key, claim.origin(), claim.witness()));
    }

    @Test
    void decision_of_open_name_is_a_function_of_the_set_of_claims() {
      Origin[] origins = {HEY_THERE, PEER_QUERY, PING, HEARSAY};
      Witness[] witnesses = {MOE, NED, ELSEWHERE, NOWHERE, Witness.NONE};
      PublicKey[] keys = {LISAS, RACCOONS, MALLORYS};
      for (int seed = 0; seed < 500; seed++) {
        Random random = new Random(seed);
        List<Consumer<Keyring>> evidence = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          PublicKey key = keys[random.nextInt(keys.length)];
          Origin origin = origins[random.nextInt(origins.length)];
          Witness witness = witnesses[random.nextInt(witnesses.length)];
          evidence.add(to -> to.learn("lisa", "", key, origin, witness));
        }
        Keyring first = open();
        evidence.forEach(each -> each.accept(first));
        Collections.shuffle(evidence, random);
        Keyring second = open();
        evidence.forEach(each -> each.accept(second));
        assertThat(second.byName("lisa")).as("seed " + seed).isEqualTo(first.byName("lisa"));
      }
    }

    @Test
    void equal_evidence_leaves_an_open_name_contested() {
      Keyring open = open();
      assertThat(open.learn("lisa", "", MALLORYS, HEY_THERE, MOE)).isEqualTo(ADDED);
      assertThat(open.learn("lisa", "", LISAS, HEY_THERE, NED)).isEqualTo(CONFLICT);
      assertThat(open.byName("lisa")).isEmpty();
      assertThat(open.lookup("lisa", "")).isEqualTo(new Contested(List.of(MALLORYS, LISAS)));
      assertThat(open.entries()).isEmpty();

      open.settleClaims();
      assertThat(open.byName("lisa")).as("settling decides nothing").isEmpty();
      assertThat(open.learn("lisa", "", LISAS, PEER_QUERY, ELSEWHERE)).isEqualTo(ADDED);
      assertThat(open.byName("lisa")).contains(LISAS);
    }

    @Test
    void name_from_before_the_recovery_keeps_its_key_when_evidence_is_equal() {
      keyring.learn("lisa", "", LISAS, HEY_THERE, MOE);
      keyring.openClaims();
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, NED);
      assertThat(keyring.byName("lisa")).contains(LISAS);
    }

    @Test
    void peer_that_serves_several_keys_supports_none_of_them() {
      Keyring open = open();
      open.learn("lisa", "", MALLORYS, HEY_THERE, MOE);
      open.learn("lisa", "", LISAS, HEY_THERE, MOE);
      assertThat(open.byName("lisa")).isEmpty();
      open.learn("lisa", "", LISAS, PEER_QUERY, MOE);
      assertThat(open.byName("lisa")).as("its own opinion").contains(LISAS);
    }

    @Test
    void decision_by_support_is_disputed_while_another_key_has_as_many_supporters() {
      Keyring open = open();
      open.learn("lisa", "", MALLORYS, HEY_THERE, MOE);
      assertThat(open.isDisputed("lisa")).as("the only key").isFalse();
      open.learn("lisa", "", LISAS, HEY_THERE);
      assertThat(open.isDisputed("lisa")).as("a key without support").isFalse();
      open.learn("lisa", "", LISAS, HEY_THERE, ELSEWHERE);
      assertThat(open.byName("lisa")).contains(MALLORYS);
      assertThat(open.isDisputed("lisa")).as("one to one").isTrue();
      assertThat(open.conflict("lisa").orElseThrow().disputed()).isTrue();
      open.learn("lisa", "", MALLORYS, HEY_THERE, NOWHERE);
      assertThat(open.isDisputed("lisa")).as("two to one").isFalse();
      open.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.6.6.8", false));
      open.learn("lisa", "", LISAS, CONFIG);
      assertThat(open.isDisputed("lisa")).as("the operator has decided").isFalse();
      assertThat(open.isDisputed("moe")).as("an unknown name").isFalse();
    }

    @Test
    void discovered_address_at_a_configured_host_is_no_further_supporter() {
      Keyring open = open();
      open.learn("lisa", "", MALLORYS, HEY_THERE, MOE);
      open.learn("lisa", "", MALLORYS, HEY_THERE, new Witness("10.0.0.1", false));
      open.learn("lisa", "", LISAS, HEY_THERE, ELSEWHERE);
      assertThat(open.isDisputed("lisa")).isTrue();

      open.learn("bart", "", MALLORYS, HEY_THERE, new Witness("[2001:db8::1]:7433", true));
      open.learn("bart", "", MALLORYS, HEY_THERE, new Witness("2001:db8::1", false));
      open.learn("bart", "", LISAS, HEY_THERE, ELSEWHERE);
      assertThat(open.isDisputed("bart")).isTrue();
    }

    @Test
    void key_in_use_is_disputed_when_more_discovered_neighbours_serve_another() {
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);
      keyring.markUsed("lisa");
      keyring.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      keyring.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.6.6.8", false));

      assertThat(keyring.byName("lisa")).contains(MALLORYS);
      assertThat(keyring.isDisputed("lisa")).isTrue();
    }

    @Test
    void stranger_that_responds_in_a_name_is_disputed_by_neighbours_that_serve_another_key() {
      Keyring open = open();
      open.learn("lisa", "", MALLORYS, PING, ELSEWHERE);
      assertThat(open.isDisputed("lisa")).isFalse();
      open.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      assertThat(open.byName("lisa")).contains(MALLORYS);
      assertThat(open.isDisputed("lisa")).isTrue();
    }

    @Test
    void response_to_a_ping_does_not_decide_against_more_discovered_addresses() {
      Keyring open = open();
      open.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      open.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.6.6.8", false));
      open.learn("lisa", "", MALLORYS, PING, ELSEWHERE);
      assertThat(open.byName("lisa")).as("two addresses against one response").isEmpty();
      open.learn("lisa", "", MALLORYS, HEY_THERE, new Witness("10.6.6.9", false));
      assertThat(open.byName("lisa")).as("two against two and a response").contains(MALLORYS);
      open.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.6.6.10", false));
      assertThat(open.byName("lisa")).as("three against two and a response").isEmpty();
    }

    @Test
    void one_address_has_one_vote() {
      Keyring open = open();
      for (int i = 0; i < 10; i++) {
        open.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);
      }
      open.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      assertThat(open.byName("lisa")).isEmpty();
      open.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.6.6.8", false));
      assertThat(open.byName("lisa")).contains(LISAS);
    }

    @Test
    void strangers_do_not_turn_a_key_in_use() {
      keyring.learn("lisa", "", LISAS, HOWDY);
      keyring.markUsed("lisa");
      for (int i = 0; i < 100; i++) {
        keyring.learn("lisa", "", MALLORYS, HEY_THERE, new Witness("10.6.6." + i, false));
      }
      keyring.learn("lisa", "", MALLORYS, PING, ELSEWHERE);
      assertThat(keyring.byName("lisa")).contains(LISAS);
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, MOE);
      assertThat(keyring.byName("lisa")).as("a configured peer does").contains(MALLORYS);
    }

    @Test
    void further_keys_of_a_name_are_bounded_and_do_not_keep_the_honest_one_out() {
      Keyring open = open();
      for (int i = 0; i < 1_000; i++) {
        open.learn("lisa", "", number(i), HEY_THERE, ELSEWHERE);
      }
      open.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      assertThat(open.byName("lisa")).contains(LISAS);
      assertThat(open.conflict("lisa").orElseThrow().claims()).hasSize(NameClaims.MAX_CLAIMS);
    }

    @Test
    void support_counts_only_for_a_claimed_key() {
      Keyring open = open();
      open.support("lisa", LISAS, MOE);
      assertThat(open.size()).isZero();
      open.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);
      open.support("lisa", LISAS, MOE);
      assertThat(open.byName("lisa")).contains(MALLORYS);
      open.learn("lisa", "", LISAS, HEY_THERE);
      open.support("lisa", LISAS, MOE);
      assertThat(open.byName("lisa")).contains(LISAS);
    }

    @Test
    void changes_name_decided_and_overturned_keys_once() {
      Keyring open = open();
      open.learn("lisa", "L", MALLORYS, HEY_THERE, ELSEWHERE);
      assertThat(open.takeChanges())
          .isEqualTo(new Changes(Set.of("lisa", "L"), Set.of(), Set.of()));
      open.learn("lisa", "L", LISAS, HEY_THERE, MOE);
      assertThat(open.takeChanges())
          .isEqualTo(new Changes(Set.of("lisa", "L"), Set.of("lisa"), Set.of("lisa")));
      open.learn("lisa", "L", LISAS, HEY_THERE, NED);
      assertThat(open.takeChanges().isEmpty()).isTrue();
    }

    @Test
    void lookup_names_rivals_until_the_operator_decides() {
      keyring.learn("lisa", "", LISAS, HEY_THERE, MOE);
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);
      assertThat(keyring.lookup("lisa", "")).isEqualTo(new Known(LISAS, List.of(MALLORYS)));
      assertThat(keyring.isDecided("lisa")).isFalse();
      keyring.learn("lisa", "", LISAS, NAMED_PING, MOE);
      assertThat(keyring.lookup("lisa", "")).isEqualTo(new Known(LISAS));
      assertThat(keyring.isDecided("lisa")).isTrue();
    }

    @Test
    void standing_is_established_by_the_nara_or_the_operator_and_vouched_by_peers() {
      assertThat(keyring.standing("lisa")).isEqualTo(Standing.UNKNOWN);
      keyring.learn("lisa", "", LISAS, HEY_THERE, ELSEWHERE);
      assertThat(keyring.standing("lisa")).isEqualTo(Standing.KNOWN);
      keyring.learn("lisa", "", LISAS, HEY_THERE, NOWHERE);
      assertThat(keyring.standing("lisa")).isEqualTo(Standing.VOUCHED);
      for (Origin origin : List.of(CONFIG, SELF, PING, NAMED_PING)) {
        keyring.learn("raccoon " + origin, "", RACCOONS, origin);
        assertThat(keyring.standing("raccoon " + origin)).isEqualTo(Standing.ESTABLISHED);
      }
      keyring.learn("bart", "", RACCOONS, HEY_THERE, MOE);
      assertThat(keyring.standing("bart")).isEqualTo(Standing.VOUCHED);
      keyring.learn("marge", "", RACCOONS, SNAPSHOT);
      assertThat(keyring.standing("marge")).isEqualTo(Standing.VOUCHED);
    }

    @Test
    void voucher_is_the_only_host_that_vouches() {
      assertThat(keyring.voucher("lisa")).isEmpty();
      keyring.learn("lisa", "", LISAS, HOWDY);
      assertThat(keyring.voucher("lisa")).isEmpty();
      keyring.learn("lisa", "", LISAS, HEY_THERE, ELSEWHERE);
      assertThat(keyring.voucher("lisa")).isEqualTo(ELSEWHERE.host());
      keyring.learn("lisa", "", LISAS, PEER_QUERY, ELSEWHERE);
      assertThat(keyring.voucher("lisa")).isEqualTo(ELSEWHERE.host());
      // It may be the same host at another port.
      keyring.learn("lisa", "", LISAS, HEY_THERE, MOE);
      assertThat(keyring.voucher("lisa")).isEqualTo(MOE.host());
      keyring.learn("lisa", "", LISAS, HEY_THERE, NED);
      assertThat(keyring.voucher("lisa")).isEmpty();

      keyring.learn("bart", "", RACCOONS, HEY_THERE, ELSEWHERE);
      keyring.learn("bart", "", RACCOONS, HEY_THERE, NOWHERE);
      assertThat(keyring.voucher("bart")).isEmpty();
      for (Origin origin : List.of(CONFIG, SNAPSHOT, SELF, NAMED_PING)) {
        keyring.learn("raccoon " + origin, "", RACCOONS, origin, MOE);
        assertThat(keyring.voucher("raccoon " + origin)).isEmpty();
      }
    }

    @Test
    void voucher_of_a_name_with_several_keys_brought_by_one_host_is_that_host() {
      keyring.learn("lisa", "", LISAS, HEY_THERE, ELSEWHERE);
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);

      assertThat(keyring.voucher("lisa")).isEqualTo(ELSEWHERE.host());
    }

    @Test
    void naras_that_answer_pings_stand_on_their_own_unless_their_host_has_many() {
      for (int i = 1; i <= Keyring.MAX_LIVE_NAMES_OF_HOST; i++) {
        keyring.learn("honest" + i, "", key(i), PING, new Witness("10.1.0." + i, false));
        keyring.learn("honest" + i, "", key(i), HEY_THERE, MOE);
        keyring.learn("live" + i, "", key(i), PING, ELSEWHERE);
        assertThat(keyring.voucher("live" + i)).isEmpty();
      }
      keyring.learn("another", "", LISAS, PING, ELSEWHERE);
      keyring.learn("honest", "", LISAS, PING, new Witness("10.1.1.1", false));
      keyring.learn("honest", "", LISAS, HEY_THERE, MOE);

      assertThat(keyring.voucher("live1")).isEqualTo(ELSEWHERE.host());
      assertThat(keyring.voucher("another")).isEqualTo(ELSEWHERE.host());
      assertThat(keyring.voucher("honest")).isEmpty();
      assertThat(keyring.voucher("honest1")).isEmpty();
      // A stranger's host responds in an honest name.
      keyring.learn("honest1", "", key(1), PING, ELSEWHERE);
      assertThat(keyring.voucher("honest1")).isEmpty();
      // Honest peers pass on its announcement, and this node keeps it in its snapshot.
      keyring.learn("another", "", LISAS, HEY_THERE, MOE);
      keyring.learn("another", "", LISAS, HEY_THERE, NED);
      keyring.learn("another", "", LISAS, SNAPSHOT);
      assertThat(keyring.voucher("another")).isEqualTo(ELSEWHERE.host());
      keyring.learn("another", "", LISAS, NAMED_PING, MOE);
      assertThat(keyring.voucher("another")).isEmpty();
      assertThat(keyring.voucher("live1")).as("with honest1, the host has five still").isNotEmpty();
    }

    private static Keyring open() {
      Keyring open = new Keyring();
      open.openClaims();
      return open;
    }
  }

  @Nested
  class Ids {
    @Test
    void keyring_adds_missing_id_to_known_name() {
      keyring.learn("lisa", "", LISAS, PING);
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.nameOf("L")).contains("lisa");
      assertThat(keyring.idOf("lisa")).contains("L");
      assertThat(keyring.entries()).containsExactly(new KeyEntry("lisa", "L", LISAS, PING));
    }

    @Test
    void keyring_adds_missing_name_to_known_id() {
      assertThat(keyring.learn("", "L", LISAS, PEER_QUERY)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("L")).isEmpty();
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.size()).isZero();
      assertThat(keyring.entries()).containsExactly(new KeyEntry("", "L", LISAS, PEER_QUERY));

      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("L")).contains("lisa");
      assertThat(keyring.entries()).containsExactly(new KeyEntry("lisa", "L", LISAS, HEY_THERE));
    }

    @Test
    void keyring_reports_known_when_id_of_known_name_is_repeated() {
      keyring.learn("lisa", "L", LISAS, PING);
      assertThat(keyring.learn("", "L", LISAS, PEER_QUERY)).isEqualTo(KNOWN);
      assertThat(keyring.nameOf("L")).contains("lisa");
    }

    @Test
    void keyring_accepts_further_id_of_name() {
      keyring.learn("lisa", "a relay's invention", LISAS, HEY_THERE);
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.idOf("lisa")).contains("a relay's invention");
    }

    @Test
    void keyring_resolves_contested_id_by_name() {
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Unknown());
      long version = keyring.version();

      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.version()).isGreaterThan(version);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.nameOf("L")).isEmpty();
      assertThat(keyring.idOf("lisa")).isEmpty();
      assertThat(keyring.idOf("mallory")).isEmpty();
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS));
      assertThat(keyring.lookup("mallory", "L")).isEqualTo(new Known(MALLORYS));
      assertThat(keyring.lookup("raccoon", "L")).isEqualTo(new Unknown());
    }

    @Test
    void keyring_keeps_id_contested() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.learn("lisa", "L", LISAS, PING)).isEqualTo(KNOWN);
      assertThat(keyring.learn("", "L", LISAS, PING)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
    }

    @Test
    void keyring_reports_conflict_when_known_name_claims_foreign_id() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("mallory", "M", MALLORYS, PING);
      assertThat(keyring.learn("mallory", "L", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.byId("M")).contains(MALLORYS);
    }

    @Test
    void key_that_does_not_hold_contests_no_id_of_its_name() {
      keyring.learn("lisa", "L", LISAS, PING);
      assertThat(keyring.learn("lisa", "L", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.keysOfId("L")).containsExactly(LISAS, MALLORYS);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS, List.of(MALLORYS)));
    }

    @Test
    void contested_id_gives_the_keys_of_all_claimants() {
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE, ELSEWHERE);
      keyring.learn("lisa", "L", LISAS, HEY_THERE, MOE);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.keysOfId("L")).containsExactly(LISAS, MALLORYS);
      assertThat(keyring.keysOfId("never heard of")).isEmpty();
    }

    @Test
    void flood_of_claimants_of_an_id_does_not_keep_the_honest_one_out() {
      for (int i = 0; i < 1_000; i++) {
        keyring.learn("mallory " + i, "L", number(i), HEY_THERE, ELSEWHERE);
      }
      for (int i = 0; i < 1_000; i++) {
        keyring.learn("plaza " + i, "L", number(1_000 + i), HEY_THERE);
      }
      keyring.learn("lisa", "L", LISAS, HEY_THERE, MOE);
      assertThat(keyring.keysOfId("L")).hasSizeLessThanOrEqualTo(IdClaims.MAX_CLAIMANTS);
      assertThat(keyring.keysOfId("L").getFirst()).isEqualTo(LISAS);
    }

    @Test
    void peers_cannot_contest_entries_of_operator_or_own_node() {
      keyring.learn("lisa", "L", LISAS, SELF);
      keyring.learn("raccoon", "R", RACCOONS, CONFIG);
      assertThat(keyring.learn("mallory", "L", MALLORYS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.learn("mallory", "R", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.byId("R")).contains(RACCOONS);
      assertThat(keyring.idOf("mallory")).isEmpty();
      assertThat(keyring.conflictCount()).isEqualTo(2);
    }

    @Test
    void operator_entry_settles_contested_id() {
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      keyring.learn("raccoon", "R", RACCOONS, PING);
      assertThat(keyring.learn("lisa", "L", LISAS, CONFIG)).isEqualTo(ADDED);
      assertThat(keyring.learn("raccoon", "R", RACCOONS, CONFIG)).isEqualTo(ADDED);
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      keyring.learn("mallory", "R", MALLORYS, HEY_THERE);
      assertThat(keyring.nameOf("L")).contains("lisa");
      assertThat(keyring.nameOf("R")).contains("raccoon");
      assertThat(keyring.idOf("mallory")).isEmpty();
    }
  }

  @Nested
  class Lookups {
    @Test
    void new_keyring_is_empty() {
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Unknown());
      assertThat(keyring.lookup("", "")).isEqualTo(new Unknown());
      assertThat(keyring.version()).isZero();
    }

    @Test
    void lookup_uses_emitter_id_before_emitter_name() {
      keyring.learn("lisa", "L", LISAS, PING);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS));
      assertThat(keyring.lookup("lisa", "")).isEqualTo(new Known(LISAS));
      assertThat(keyring.lookup("lisa", "never heard of")).isEqualTo(new Known(LISAS));
      assertThat(keyring.lookup("bart", "")).isEqualTo(new Unknown());
    }

    @Test
    void lookup_finds_unnamed_id_when_emitter_is_unknown() {
      keyring.learn("", "L", LISAS, PEER_QUERY);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS));
    }

    @Test
    void lookup_reports_owner_when_operator_gave_id_to_another_name() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("raccoon", "R", RACCOONS, CONFIG);
      assertThat(keyring.lookup("lisa", "R"))
          .isEqualTo(new Mismatch("emitter id R belongs to raccoon, not to lisa"));
    }

    @Test
    void lookup_uses_key_of_name_when_peer_claims_the_id_for_another_name() {
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Unknown());
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS));
    }

    @Test
    void lookup_rejects_unnamed_id_for_known_emitter() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("", "M", MALLORYS, CONFIG);
      assertThat(keyring.lookup("lisa", "M"))
          .isEqualTo(new Mismatch("emitter id M belongs to another key than that of lisa"));
    }

    @Test
    void mismatch_prints_peer_text_bounded_and_on_one_line() {
      keyring.learn("x\n\u001b[31m\u202e" + "y".repeat(900), "R", RACCOONS, CONFIG);
      String reason = ((Mismatch) keyring.lookup("z".repeat(1_000_000), "R")).reason();
      assertThat(reason).hasSizeLessThan(200).contains("x\ufffd\ufffd[31m\ufffdyyy", "zzz…");
    }
  }

  @Nested
  class Bounds {
    @Test
    void full_keyring_rejects_new_names_and_keeps_old_ones() {
      Keyring small = new Keyring(2);
      small.learn("lisa", "", LISAS, PING);
      small.learn("raccoon", "", RACCOONS, PING);
      assertThat(small.learn("mallory", "M", MALLORYS, PING)).isEqualTo(FULL);
      assertThat(small.byName("mallory")).isEmpty();
      assertThat(small.byId("M")).isEmpty();
      assertThat(small.learn("lisa", "L", LISAS, PING)).isEqualTo(ADDED);
      assertThat(small.learn("lisa", "", MALLORYS, PING)).isEqualTo(CONFLICT);
    }

    @Test
    void keyring_limits_ids_to_twice_the_names() {
      Keyring small = new Keyring(2);
      for (String id : new String[] {"1", "2", "3", "4"}) {
        assertThat(small.learn("lisa", id, LISAS, PING)).isEqualTo(ADDED);
      }
      assertThat(small.learn("lisa", "5", LISAS, PING)).isEqualTo(FULL);
      assertThat(small.learn("", "6", MALLORYS, PING)).isEqualTo(FULL);
      assertThat(small.learn("raccoon", "7", RACCOONS, PING)).isEqualTo(ADDED);
      assertThat(small.byId("7")).isEmpty();
    }

    @Test
    void hearsay_names_are_limited_to_a_tenth_of_capacity() {
      Keyring small = new Keyring(100);
      for (int i = 0; i < 10; i++) {
        assertThat(small.learn("ghost-" + i, "", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      }
      assertThat(small.learn("ghost-10", "", MALLORYS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("raccoon", "", RACCOONS, PEER_QUERY)).isEqualTo(ADDED);
      assertThat(small.learn("lisa", "", LISAS, HEY_THERE)).isEqualTo(ADDED);
    }

    @Test
    void hearsay_ids_are_limited_to_a_tenth_of_capacity() {
      Keyring small = new Keyring(10);
      assertThat(small.learn("ghost", "1", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.learn("ghost", "2", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.learn("ghost", "3", MALLORYS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
    }

    @Test
    void confirmed_entry_no_longer_counts_as_hearsay() {
      Keyring small = new Keyring(10);
      small.learn("lisa", "L", LISAS, HEARSAY);
      assertThat(small.learn("raccoon", "R", RACCOONS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(small.learn("raccoon", "R", RACCOONS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.entries())
          .containsExactly(
              new KeyEntry("lisa", "L", LISAS, HEY_THERE),
              new KeyEntry("raccoon", "R", RACCOONS, HEARSAY));
    }

    @Test
    void flood_of_invented_names_evicts_its_own_names_first() {
      Keyring small = new Keyring(1_000);
      small.learn("moe", "M", key(7), HEY_THERE, MOE);
      for (int i = 0; i < 50; i++) {
        small.learn("honest " + i, "", number(i), HEY_THERE, NOWHERE);
        small.learn("plaza " + i, "", number(i), HOWDY);
      }
      small.learn("busy", "", RACCOONS, HEY_THERE, ELSEWHERE);
      small.markUsed("busy");
      for (int i = 0; i < 10_000; i++) {
        LearnResult result =
            small.learn("ghost " + i, "ghost " + i, number(i), HEY_THERE, ELSEWHERE);
        assertThat(result).isEqualTo(ADDED);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(small.byName("honest " + i)).isPresent();
        assertThat(small.byName("plaza " + i)).isPresent();
      }
      assertThat(small.byName("busy")).isPresent();
      assertThat(small.byId("M")).isPresent();
      assertThat(small.byName("ghost 0")).isEmpty();
      assertThat(small.byId("ghost 0")).isEmpty();
      assertThat(small.size()).isEqualTo(900);

      for (int i = 0; i < 500; i++) {
        assertThat(small.learn("live " + i, "", number(i), PING, NOWHERE)).isEqualTo(ADDED);
      }
      assertThat(small.size()).isEqualTo(1_000);
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE, NED)).isEqualTo(ADDED);
    }

    @Test
    void ids_of_one_name_do_not_fill_the_room_of_others() {
      Keyring small = new Keyring(100);
      for (int i = 0; i < 1_000; i++) {
        small.learn("mallory", "id " + i, MALLORYS, HEY_THERE, ELSEWHERE);
      }
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(small.byId("L")).contains(LISAS);
    }

    @Test
    void hundred_thousand_invented_names_cost_little_time() {
      Keyring full = new Keyring();
      long start = System.nanoTime();
      for (int i = 0; i < 300_000; i++) {
        full.learn("ghost " + i, "", MALLORYS, HEY_THERE, ELSEWHERE);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(full.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
    }

    @Test
    void keyring_rejects_entry_with_long_or_missing_name_and_id() {
      String name = "n".repeat(Keyring.MAX_NAME_CHARACTERS);
      String id = "i".repeat(Keyring.MAX_ID_CHARACTERS);
      assertThat(keyring.learn(name, id, LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn(name + "n", "", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.learn("lisa", id + "i", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.learn("", "", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.size()).isEqualTo(1);
    }

    @Test
    void keyring_rejects_capacity_of_zero() {
      assertThatIllegalArgumentException().isThrownBy(() -> new Keyring(0));
    }
  }

  @Nested
  class Reports {
    @Test
    void conflict_reports_claims_by_evidence_and_the_decision() {
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, ELSEWHERE);
      keyring.learn("lisa", "L", LISAS, HEY_THERE, MOE);
      keyring.learn("lisa", "", LISAS, PING, ELSEWHERE);
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.conflicts())
          .containsExactly(
              new Keyring.Conflict(
                  "lisa",
                  List.of(
                      new ClaimedKey(
                          LISAS,
                          List.of(
                              "configured peer 10.0.0.1:7433",
                              "the nara at a discovered address",
                              "discovered address 10.6.6.6")),
                      new ClaimedKey(MALLORYS, List.of())),
                  Optional.of(LISAS),
                  true,
                  false,
                  List.of("mallory")));
    }

    @Test
    void conflict_names_three_supporters_and_counts_the_rest() {
      for (int i = 1; i <= 5; i++) {
        keyring.learn("lisa", "", LISAS, HEY_THERE, new Witness("10.0.0." + i + ":7433", true));
      }
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, Witness.OWNER);
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, new Witness("10.6.6.6", false));
      keyring.learn("lisa", "", MALLORYS, HEY_THERE, new Witness("10.6.6.7", false));

      assertThat(keyring.conflict("lisa").orElseThrow().claims())
          .extracting(ClaimedKey::evidence)
          .containsExactly(
              List.of("5 configured peers: 10.0.0.1:7433, 10.0.0.2:7433, 10.0.0.3:7433 and 2 more"),
              List.of("an import by the owner", "2 discovered addresses: 10.6.6.6, 10.6.6.7"));
    }

    @Test
    void decision_by_discovered_addresses_does_not_come_from_the_operator() {
      keyring.learn("lisa", "", LISAS, PING, ELSEWHERE);
      keyring.learn("lisa", "", MALLORYS, HEY_THERE);

      assertThat(keyring.conflict("lisa").orElseThrow().decision()).contains(LISAS);
      assertThat(keyring.conflict("lisa").orElseThrow().byOperator()).isFalse();
    }

    @Test
    void conflicts_over_the_limit_are_only_counted() {
      int offered = Keyring.MAX_CONFLICTS_LISTED + 10;
      for (int i = 0; i < offered; i++) {
        keyring.learn("name " + i, "", LISAS, HOWDY);
        keyring.learn("name " + i, "", MALLORYS, HOWDY);
      }
      assertThat(keyring.conflicts()).hasSize(Keyring.MAX_CONFLICTS_LISTED);
      assertThat(keyring.conflictCount()).isEqualTo(offered);
    }

    @Test
    void entries_are_sorted_by_name() {
      keyring.learn("raccoon", "R", RACCOONS, PING);
      keyring.learn("lisa", "L", LISAS, HEY_THERE);
      keyring.learn("", "M", MALLORYS, PEER_QUERY);
      assertThat(keyring.entries())
          .containsExactly(
              new KeyEntry("", "M", MALLORYS, PEER_QUERY),
              new KeyEntry("lisa", "L", LISAS, HEY_THERE),
              new KeyEntry("raccoon", "R", RACCOONS, PING));
    }
  }

  private static PublicKey number(int i) {
    return PublicKey.of(ByteBuffer.allocate(PublicKey.LENGTH).putInt(i).array());
  }

  private static PublicKey key(int content) {
    byte[] bytes = new byte[PublicKey.LENGTH];
    Arrays.fill(bytes, (byte) content);
    return PublicKey.of(bytes);
  }
}
