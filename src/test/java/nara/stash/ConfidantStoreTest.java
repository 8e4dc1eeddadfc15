package nara.stash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nara.identity.PublicKey;
import nara.stash.ConfidantStore.KeptStash;
import nara.stash.wire.StashLimits;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class ConfidantStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  private final ConfidantStore store = new ConfidantStore(3);

  @Test
  void store_refuses_a_newcomer_of_the_same_host_when_all_places_are_taken() {
    for (String name : List.of("a", "b", "c")) {
      assertThat(store.keep(stash(name, "host", NOW))).isEmpty();
    }

    assertThat(store.keep(stash("d", "host", NOW))).isEqualTo("storage limit reached");
    assertThat(store.keep(stash("a", "host", NOW.plusSeconds(1)))).isEmpty();
    assertThat(store.all()).hasSize(3);
  }

  @Test
  void newcomer_replaces_the_oldest_of_the_host_with_most_owners() {
    store.keep(stash("a", "crowd", NOW));
    store.keep(stash("b", "crowd", NOW.plusSeconds(1)));
    store.keep(stash("c", "other", NOW.minusSeconds(1)));

    assertThat(store.keep(stash("d", "third", NOW.plusSeconds(2)))).isEmpty();
    assertThat(store.all()).extracting(KeptStash::owner).containsExactly("b", "c", "d");
    assertThat(store.keep(stash("e", "crowd", NOW.plusSeconds(3)))).isNotEmpty();
  }

  @Test
  void stash_of_an_owner_that_is_gone_makes_room() {
    store.keep(stash("a", "host", NOW));
    Instant later = NOW.plus(StashLimits.ABANDONED_AFTER).plusSeconds(1);
    store.keep(stash("b", "host", later));
    store.keep(stash("c", "host", later));

    assertThat(store.keep(stash("d", "host", later))).isEmpty();
    assertThat(store.find(key("a"))).isEmpty();
  }

  @Test
  void older_message_does_not_replace_a_newer_stash() {
    store.keep(stash("a", "host", NOW));

    assertThat(store.keep(stash("a", "host", NOW))).startsWith("older");
    assertThat(store.keep(stash("a", "host", NOW.minusSeconds(1)))).startsWith("older");
  }

  @Test
  void stash_is_pushed_once_per_owner_and_minute() {
    store.keep(stash("a", "host", NOW));

    assertThat(store.duePush(key("b"), NOW)).isEmpty();
    assertThat(store.duePush(key("a"), NOW)).isPresent();
    assertThat(store.duePush(key("a"), NOW.plusSeconds(59))).isEmpty();
    assertThat(store.duePush(key("a"), NOW.plus(Duration.ofMinutes(1)))).isPresent();
  }

  @Test
  void saved_state_is_read_back_as_it_was() {
    store.keep(stash("a", "host", NOW));
    SavedStash saved =
        new SavedStash(store.all(), new byte[] {1, 2}, List.of(new Confidant("lisa", "id", 7)));
    SavedStash read = SavedStash.read(saved.json()).orElseThrow();

    assertThat(read.own()).isEqualTo(saved.own());
    assertThat(read.confidants()).containsExactly(new Confidant("lisa", "id", 0));
    assertThat(read.kept().get(0).key()).isEqualTo(key("a"));
    assertThat(read.kept().get(0).sealed()).isEqualTo(saved.kept().get(0).sealed());
    assertThat(SavedStash.read("{\"kept\":[{}]}".getBytes())).isEmpty();
  }

  @Test
  void checks_that_are_missed_within_a_minute_count_once() {
    Confidant missed = new Confidant("lisa", "id", 7).missed(NOW).missed(NOW.plusSeconds(5));

    assertThat(missed.missedChecks()).isEqualTo(1);
    assertThat(missed.missed(NOW.plusSeconds(61)).missedChecks()).isEqualTo(2);
    assertThat(missed.holding(8).missedChecks()).isZero();
  }

  private static KeptStash stash(String owner, String host, Instant time) {
    return new KeptStash(owner + "-id", owner, key(owner), new byte[64], time, time, host);
  }

  private static PublicKey key(String owner) {
    return Citizen.named(owner).identity().keys().publicKey();
  }
}
