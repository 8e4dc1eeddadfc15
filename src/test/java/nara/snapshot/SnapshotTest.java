package nara.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The content and the order of a snapshot. */
class SnapshotTest {
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Citizen BART = Citizen.named("bart");

  @TempDir private Path folder;

  @Test
  void snapshot_starts_with_announcements() {
    byte[] tease = BART.tease(1, "lisa");
    byte[] hey = BART.heyThere(2, "");
    Snapshot snapshot =
        Snapshot.of(
            SnapshotContents.NOON,
            new Keyring(),
            List.of(
                SnapshotContents.judged(tease, Verdict.VALID),
                SnapshotContents.judged(hey, Verdict.VALID)));
    assertThat(SnapshotContents.of(folder.resolve("s"), SnapshotContents.bytes(snapshot)).valid())
        .containsExactly(new String(hey, UTF_8), new String(tease, UTF_8));
  }

  @Test
  void key_says_how_strong_its_evidence_was() {
    Witness configured = new Witness("10.0.0.1:7433", true);
    Witness stranger = new Witness("10.6.6.6", false);
    Keyring keyring = new Keyring();
    keyring.learn(LISA.name(), LISA.id(), LISA.key(), Origin.SELF);
    learn(keyring, "operator", Origin.CONFIG, Witness.NONE);
    learn(keyring, "restored", Origin.SNAPSHOT, Witness.NONE);
    learn(keyring, "live", Origin.NAMED_PING, configured);
    learn(keyring, "vouched", Origin.HEY_THERE, configured);
    learn(keyring, "elsewhere", Origin.PING, stranger);
    learn(keyring, "announced", Origin.HEY_THERE, stranger);
    learn(keyring, "hearsay", Origin.HEARSAY, Witness.NONE);
    List<JudgedEvent> events = new ArrayList<>();
    for (Keyring.KeyEntry entry : keyring.entries()) {
      events.add(SnapshotContents.judged(BART.tease(1, entry.name()), Verdict.VALID));
    }

    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys())
        .extracting(
            key -> key.entry().name() + ':' + key.entry().origin() + key.supporters().size())
        .containsExactly(
            "announced:HEY_THERE0",
            "elsewhere:HEY_THERE0",
            "hearsay:HEY_THERE0",
            "lisa:CONFIG0",
            "live:SNAPSHOT0",
            "operator:CONFIG0",
            "restored:SNAPSHOT0",
            "vouched:HEY_THERE1");
  }

  @Test
  void undecided_or_overturned_key_is_not_written() {
    Keyring keyring = new Keyring();
    keyring.openClaims();
    for (String name : List.of("bart", "maggie")) {
      learn(keyring, name, Origin.HEY_THERE, new Witness("10.6.6.6", false));
      PublicKey other = Citizen.impostor(name).key();
      keyring.learn(name, "", other, Origin.HEY_THERE, new Witness("10.6.6.7", false));
    }
    keyring.learn("bart", "", Citizen.impostor("bart").key(), Origin.NAMED_PING);
    List<JudgedEvent> events =
        List.of(SnapshotContents.judged(BART.tease(1, "maggie"), Verdict.VALID));
    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys()).isEmpty();

    keyring.takeChanges();
    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys())
        .extracting(key -> key.entry().name())
        .containsExactly("bart");
  }

  @Test
  void key_lines_keep_the_evidence_and_earlier_ones_are_weak() {
    Witness configured = new Witness("10.0.0.1:7433", true);
    for (Origin origin : List.of(Origin.CONFIG, Origin.SNAPSHOT, Origin.HEY_THERE)) {
      SnapshotKey key = new SnapshotKey(entry(origin));
      assertThat(parsed(SnapshotLines.key(key))).contains(key);
    }
    SnapshotKey supported =
        new SnapshotKey(entry(Origin.HEY_THERE), List.of(configured, Witness.OWNER));
    assertThat(parsed(SnapshotLines.key(supported))).contains(supported);
    assertThat(parsed(("[\"key\",\"bart\",\"B\",\"" + BART.key() + "\"]").getBytes(UTF_8)))
        .contains(new SnapshotKey(entry(Origin.HEY_THERE)));
  }

  private static Keyring.KeyEntry entry(Origin origin) {
    return new Keyring.KeyEntry("bart", "B", BART.key(), origin);
  }

  private static Optional<SnapshotKey> parsed(byte[] line) {
    return SnapshotLines.parseKey(SnapshotLines.fields(line));
  }

  private static void learn(Keyring keyring, String name, Origin origin, Witness witness) {
    keyring.learn(name, "", Citizen.named(name).key(), origin, witness);
  }

  @Test
  void only_keys_of_mentioned_naras_are_written() {
    Keyring keyring = new Keyring();
    for (Citizen each : List.of(LISA, BART, Citizen.named("ghost"))) {
      keyring.learn(each.name(), each.id(), each.key(), Origin.HEARSAY);
    }
    List<JudgedEvent> events =
        List.of(SnapshotContents.judged(BART.tease(1, "lisa"), Verdict.VALID));
    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys())
        .extracting(key -> key.entry().name())
        .containsExactly("bart", "lisa");
  }

  @Test
  void contested_id_stays_contested_after_restart() {
    Keyring keyring = new Keyring();
    keyring.learn(BART.name(), BART.id(), BART.key(), Origin.PING);
    keyring.learn("milhouse", BART.id(), Citizen.named("milhouse").key(), Origin.PEER_QUERY);
    List<JudgedEvent> events =
        List.of(SnapshotContents.judged(BART.tease(1, "milhouse"), Verdict.VALID));
    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys())
        .extracting(key -> key.entry().name() + ':' + key.entry().id())
        .containsExactly("bart:", "milhouse:");
  }
}
