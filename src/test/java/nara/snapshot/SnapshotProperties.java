package nara.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** A snapshot reads back as it was written. */
class SnapshotProperties {
  @Property(tries = 200)
  void snapshot_reads_back_what_was_written(
      @ForAll @Size(max = 30) List<@StringLength(max = 40) String> actors,
      @ForAll @Size(max = 30) List<Verdict> verdicts,
      @ForAll @Size(max = 10) List<@StringLength(min = 1, max = 40) String> names)
      throws IOException {
    List<String> valid = new ArrayList<>();
    List<String> others = new ArrayList<>();
    List<JudgedEvent> events = new ArrayList<>();
    for (int i = 0; i < Math.min(actors.size(), verdicts.size()); i++) {
      byte[] json = SnapshotContents.unsigned(i, actors.get(i), "somebody");
      events.add(SnapshotContents.judged(json, verdicts.get(i)));
      (verdicts.get(i) == Verdict.VALID ? valid : others).add(new String(json, UTF_8));
    }
    Set<String> mentioned = new HashSet<>();
    events.forEach(
        event -> mentioned.addAll(List.of(event.event().actor(), event.event().target())));
    Keyring keyring = new Keyring();
    for (String name : names) {
      keyring.learn(name, "id of " + name, Citizen.named(name).key(), Origin.HEY_THERE);
    }
    Path file = Files.createTempFile("snapshot", ".gz");
    try {
      SnapshotContents contents =
          SnapshotContents.of(
              file, SnapshotContents.bytes(Snapshot.of(SnapshotContents.NOON, keyring, events)));

      assertThat(contents.sealed()).isTrue();
      assertThat(contents.problem()).isEmpty();
      assertThat(contents.valid()).isEqualTo(valid);
      assertThat(contents.others()).containsExactlyInAnyOrderElementsOf(others);
      assertThat(contents.keys())
          .containsExactlyElementsOf(
              keyring.entries().stream()
                  .filter(entry -> mentioned.contains(entry.name()))
                  .map(SnapshotContents::text)
                  .toList());
    } finally {
      Files.delete(file);
    }
  }
}
