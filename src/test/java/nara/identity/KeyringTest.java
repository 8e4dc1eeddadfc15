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
import static nara.identity.Origin.PEER_QUERY;
import static nara.identity.Origin.PING;
import static nara.identity.Origin.SELF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import nara.identity.KeyLookup.Known;
import nara.identity.KeyLookup.Mismatch;
import nara.identity.KeyLookup.Unknown;
import nara.identity.Keyring.KeyEntry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is believed to have which key, rule by rule. */
class KeyringTest {
  private static final PublicKey LISAS = key(1);
  private static final PublicKey RACCOONS = key(2);
  private static final PublicKey MALLORYS = key(3);

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
    void keyring_rejects_second_key_of_name_as_conflict() {
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      for (Origin origin : Origin.values()) {
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
      assertThat(keyring.lookup("lisa", "L")).isInstanceOf(Mismatch.class);
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
    void rejected_key_contests_its_claimed_id() {
      keyring.learn("lisa", "L", LISAS, PING);
      long version = keyring.version();
      assertThat(keyring.learn("lisa", "L", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.version()).isGreaterThan(version);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Known(LISAS));
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
    void lookup_reports_owner_when_id_belongs_to_another_name() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("raccoon", "R", RACCOONS, PING);
      assertThat(keyring.lookup("lisa", "R"))
          .isEqualTo(new Mismatch("emitter id R belongs to raccoon, not to lisa"));
    }

    @Test
    void lookup_rejects_unnamed_id_for_known_emitter() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("", "M", MALLORYS, PEER_QUERY);
      assertThat(keyring.lookup("lisa", "M"))
          .isEqualTo(new Mismatch("emitter id M belongs to another key than that of lisa"));
    }

    @Test
    void mismatch_prints_peer_text_bounded_and_on_one_line() {
      keyring.learn("x\n\u001b[31m\u202e" + "y".repeat(900), "R", RACCOONS, PING);
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
    void conflict_reports_both_keys_and_count() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("lisa", "", MALLORYS, HOWDY);
      keyring.learn("lisa", "", MALLORYS, HOWDY);
      assertThat(keyring.conflicts())
          .containsExactly(
              new Keyring.Conflict(
                  new KeyEntry("lisa", "L", LISAS, PING),
                  new KeyEntry("lisa", "", MALLORYS, HOWDY),
                  2));
    }

    @Test
    void conflicts_over_the_limit_are_only_counted() {
      keyring.learn("lisa", "", LISAS, PING);
      int offered = Keyring.MAX_CONFLICTS_LISTED + 10;
      for (int i = 0; i < offered; i++) {
        keyring.learn("lisa", "id " + i, MALLORYS, HOWDY);
      }
      keyring.learn("lisa", "id 0", MALLORYS, HOWDY);
      assertThat(keyring.conflicts()).hasSize(Keyring.MAX_CONFLICTS_LISTED);
      assertThat(keyring.conflicts().getFirst().count()).isEqualTo(2);
      assertThat(keyring.conflictCount()).isEqualTo(offered + 1);
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

  private static PublicKey key(int content) {
    byte[] bytes = new byte[PublicKey.LENGTH];
    Arrays.fill(bytes, (byte) content);
    return PublicKey.of(bytes);
  }
}
