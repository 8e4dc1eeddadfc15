package nara.identity;

import static nara.identity.Learned.ADDED;
import static nara.identity.Learned.CONFLICT;
import static nara.identity.Learned.FULL;
import static nara.identity.Learned.KNOWN;
import static nara.identity.Learned.REFUSED;
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
    void aNamesFirstKeyIsAdded() {
      assertThat(keyring.learn("lisa", "", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.byName("lisa")).contains(LISAS);
      assertThat(keyring.size()).isEqualTo(1);
    }

    @Test
    void theSameKeyAgainIsNoNews() {
      keyring.learn("lisa", "L", LISAS, PING);
      long version = keyring.version();
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(keyring.learn("lisa", "", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(keyring.version()).isEqualTo(version);
      assertThat(keyring.entries()).containsExactly(new Keyring.Entry("lisa", "L", LISAS, PING));
    }

    @Test
    void aSecondKeyIsAConflictAndNeverTaken() {
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      for (Origin origin : Origin.values()) {
        assertThat(keyring.learn("lisa", "", MALLORYS, origin)).isEqualTo(CONFLICT);
      }
      assertThat(keyring.byName("lisa")).contains(LISAS);
    }

    @Test
    void theIdThatComesWithARefusedKeyIsNotTakenEither() {
      keyring.learn("lisa", "", LISAS, HEY_THERE);
      keyring.learn("lisa", "M", MALLORYS, HEY_THERE);
      assertThat(keyring.byId("M")).isEmpty();
      assertThat(keyring.idOf("lisa")).isEmpty();
    }

    @Test
    void namesAreComparedAsTheyAre() {
      keyring.learn("lisa", "", LISAS, PING);
      assertThat(keyring.learn("Lisa", "", MALLORYS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn("lisa\n", "", MALLORYS, PING)).isEqualTo(ADDED);
      assertThat(keyring.byName("lisa")).contains(LISAS);
    }

    @Test
    void twoNamesMayShareAKey() {
      assertThat(keyring.learn("lisa", "L", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn("lisa-at-work", "W", LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("W")).contains("lisa-at-work");
    }
  }

  @Nested
  class Ids {
    @Test
    void anIdFillsTheGapOfAKnownName() {
      keyring.learn("lisa", "", LISAS, PING);
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.nameOf("L")).contains("lisa");
      assertThat(keyring.idOf("lisa")).contains("L");
      assertThat(keyring.entries()).containsExactly(new Keyring.Entry("lisa", "L", LISAS, PING));
    }

    @Test
    void aNameFillsTheGapOfAKnownId() {
      assertThat(keyring.learn("", "L", LISAS, PEER_QUERY)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("L")).isEmpty();
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.size()).isZero();
      assertThat(keyring.entries()).containsExactly(new Keyring.Entry("", "L", LISAS, PEER_QUERY));

      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.nameOf("L")).contains("lisa");
      assertThat(keyring.entries())
          .containsExactly(new Keyring.Entry("lisa", "L", LISAS, HEY_THERE));
    }

    @Test
    void anIdWithoutANameIsNoNewsOnceTheNameIsKnown() {
      keyring.learn("lisa", "L", LISAS, PING);
      assertThat(keyring.learn("", "L", LISAS, PEER_QUERY)).isEqualTo(KNOWN);
      assertThat(keyring.nameOf("L")).contains("lisa");
    }

    @Test
    void aFurtherIdOfANameIsKnownToo() {
      keyring.learn("lisa", "a relay's invention", LISAS, HEY_THERE);
      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.byId("L")).contains(LISAS);
      assertThat(keyring.idOf("lisa")).contains("a relay's invention");
    }

    @Test
    void anIdClaimedForAnotherNaraIsContestedAndTheNameDecides() {
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.lookup("lisa", "L")).isInstanceOf(Lookup.Mismatch.class);
      long version = keyring.version();

      assertThat(keyring.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
      assertThat(keyring.version()).isGreaterThan(version);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.nameOf("L")).isEmpty();
      assertThat(keyring.idOf("lisa")).isEmpty();
      assertThat(keyring.idOf("mallory")).isEmpty();
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Lookup.Known(LISAS));
      assertThat(keyring.lookup("mallory", "L")).isEqualTo(new Lookup.Known(MALLORYS));
      assertThat(keyring.lookup("raccoon", "L")).isEqualTo(new Lookup.Unknown());
    }

    @Test
    void aContestedIdStaysContested() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("mallory", "L", MALLORYS, HEY_THERE);
      assertThat(keyring.learn("lisa", "L", LISAS, PING)).isEqualTo(KNOWN);
      assertThat(keyring.learn("", "L", LISAS, PING)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
    }

    @Test
    void aKnownNamesClaimToAnothersIdIsAConflict() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("mallory", "M", MALLORYS, PING);
      assertThat(keyring.learn("mallory", "L", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.byId("M")).contains(MALLORYS);
    }

    @Test
    void aRefusedKeyStillContestsTheIdItClaims() {
      keyring.learn("lisa", "L", LISAS, PING);
      long version = keyring.version();
      assertThat(keyring.learn("lisa", "L", MALLORYS, HEY_THERE)).isEqualTo(CONFLICT);
      assertThat(keyring.byId("L")).isEmpty();
      assertThat(keyring.version()).isGreaterThan(version);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Lookup.Known(LISAS));
    }

    @Test
    void noPeerCastsDoubtOnWhatTheOperatorOrTheNodeItselfSays() {
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
    void theOperatorsWordSettlesAnId() {
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
    void nobodyIsKnownAtFirst() {
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Lookup.Unknown());
      assertThat(keyring.lookup("", "")).isEqualTo(new Lookup.Unknown());
      assertThat(keyring.version()).isZero();
    }

    @Test
    void theEmittersIdOrElseItsNameTellsTheKey() {
      keyring.learn("lisa", "L", LISAS, PING);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Lookup.Known(LISAS));
      assertThat(keyring.lookup("lisa", "")).isEqualTo(new Lookup.Known(LISAS));
      assertThat(keyring.lookup("lisa", "never heard of")).isEqualTo(new Lookup.Known(LISAS));
      assertThat(keyring.lookup("bart", "")).isEqualTo(new Lookup.Unknown());
    }

    @Test
    void anIdWithoutANameSpeaksForAnEmitterNobodyKnows() {
      keyring.learn("", "L", LISAS, PEER_QUERY);
      assertThat(keyring.lookup("lisa", "L")).isEqualTo(new Lookup.Known(LISAS));
    }

    @Test
    void anIdOfAnotherNameIsAMismatchThatSaysWhose() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("raccoon", "R", RACCOONS, PING);
      assertThat(keyring.lookup("lisa", "R"))
          .isEqualTo(new Lookup.Mismatch("emitter id R belongs to raccoon, not to lisa"));
    }

    @Test
    void anIdWithoutANameIsNoWayToSignAsSomebodyKnown() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("", "M", MALLORYS, PEER_QUERY);
      assertThat(keyring.lookup("lisa", "M"))
          .isEqualTo(new Lookup.Mismatch("emitter id M belongs to another key than that of lisa"));
    }

    @Test
    void whatAPeerChoseIsPrintedShortAndOnOneLine() {
      keyring.learn("x\n\u001b[31m\u202e" + "y".repeat(900), "R", RACCOONS, PING);
      String reason = ((Lookup.Mismatch) keyring.lookup("z".repeat(1_000_000), "R")).reason();
      assertThat(reason).hasSizeLessThan(200).contains("x\ufffd\ufffd[31m\ufffdyyy", "zzz…");
    }
  }

  @Nested
  class Bounds {
    @Test
    void aFullKeyringTakesNoNewNameAndKeepsTheOldOnes() {
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
    void idsAreBoundedByTwiceTheNames() {
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
    void hearsayNeverTakesMoreThanATenthOfTheRoom() {
      Keyring small = new Keyring(100);
      for (int i = 0; i < 10; i++) {
        assertThat(small.learn("ghost-" + i, "", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      }
      assertThat(small.learn("ghost-10", "", MALLORYS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("raccoon", "", RACCOONS, PEER_QUERY)).isEqualTo(ADDED);
      assertThat(small.learn("lisa", "", LISAS, HEY_THERE)).isEqualTo(ADDED);
    }

    @Test
    void idsByHearsayNeverTakeMoreThanATenthOfTheRoomEither() {
      Keyring small = new Keyring(10);
      assertThat(small.learn("ghost", "1", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.learn("ghost", "2", MALLORYS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.learn("ghost", "3", MALLORYS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(ADDED);
    }

    @Test
    void whatIsConfirmedIsNoHearsayAnyMoreAndMakesRoom() {
      Keyring small = new Keyring(10);
      small.learn("lisa", "L", LISAS, HEARSAY);
      assertThat(small.learn("raccoon", "R", RACCOONS, HEARSAY)).isEqualTo(FULL);
      assertThat(small.learn("lisa", "L", LISAS, HEY_THERE)).isEqualTo(KNOWN);
      assertThat(small.learn("raccoon", "R", RACCOONS, HEARSAY)).isEqualTo(ADDED);
      assertThat(small.entries())
          .containsExactly(
              new Keyring.Entry("lisa", "L", LISAS, HEY_THERE),
              new Keyring.Entry("raccoon", "R", RACCOONS, HEARSAY));
    }

    @Test
    void aNameOrIdThatIsTooLongOrBothMissingIsRefused() {
      String name = "n".repeat(Keyring.MAX_NAME_CHARACTERS);
      String id = "i".repeat(Keyring.MAX_ID_CHARACTERS);
      assertThat(keyring.learn(name, id, LISAS, PING)).isEqualTo(ADDED);
      assertThat(keyring.learn(name + "n", "", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.learn("lisa", id + "i", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.learn("", "", LISAS, PING)).isEqualTo(REFUSED);
      assertThat(keyring.size()).isEqualTo(1);
    }

    @Test
    void aKeyringWithoutRoomIsAProgrammersError() {
      assertThatIllegalArgumentException().isThrownBy(() -> new Keyring(0));
    }
  }

  @Nested
  class Reports {
    @Test
    void aConflictTellsBothSidesAndHowOften() {
      keyring.learn("lisa", "L", LISAS, PING);
      keyring.learn("lisa", "", MALLORYS, HOWDY);
      keyring.learn("lisa", "", MALLORYS, HOWDY);
      assertThat(keyring.conflicts())
          .containsExactly(
              new Keyring.Conflict(
                  new Keyring.Entry("lisa", "L", LISAS, PING),
                  new Keyring.Entry("lisa", "", MALLORYS, HOWDY),
                  2));
      assertThat(keyring.conflicts().getFirst().sentence())
          .contains("lisa", LISAS.encoded(), "PING", MALLORYS.encoded(), "HOWDY", "2 times");
    }

    @Test
    void conflictsBeyondTheBoundAreOnlyCounted() {
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
    void entriesAreInOrderOfTheirNames() {
      keyring.learn("raccoon", "R", RACCOONS, PING);
      keyring.learn("lisa", "L", LISAS, HEY_THERE);
      keyring.learn("", "M", MALLORYS, PEER_QUERY);
      assertThat(keyring.entries())
          .containsExactly(
              new Keyring.Entry("", "M", MALLORYS, PEER_QUERY),
              new Keyring.Entry("lisa", "L", LISAS, HEY_THERE),
              new Keyring.Entry("raccoon", "R", RACCOONS, PING));
    }
  }

  private static PublicKey key(int content) {
    byte[] bytes = new byte[PublicKey.LENGTH];
    Arrays.fill(bytes, (byte) content);
    return PublicKey.of(bytes);
  }
}
