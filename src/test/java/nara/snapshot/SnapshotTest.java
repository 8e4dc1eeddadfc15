package nara.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
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
  void own_and_configured_keys_are_not_written() {
    Keyring keyring = new Keyring();
    keyring.learn(LISA.name(), LISA.id(), LISA.key(), Origin.SELF);
    keyring.learn("maggie", "", Citizen.named("maggie").key(), Origin.CONFIG);
    keyring.learn(BART.name(), BART.id(), BART.key(), Origin.PING);
    List<JudgedEvent> events =
        List.of(SnapshotContents.judged(BART.tease(1, "maggie"), Verdict.VALID));
    assertThat(Snapshot.of(SnapshotContents.NOON, keyring, events).keys())
        .extracting(Keyring.KeyEntry::name)
        .containsExactly("bart");
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
        .extracting(Keyring.KeyEntry::name)
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
        .extracting(entry -> entry.name() + ':' + entry.id())
        .containsExactly("bart:", "milhouse:");
  }
}
