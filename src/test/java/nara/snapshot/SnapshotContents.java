package nara.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;

/** Everything that a reader returns for one file. */
record SnapshotContents(
    boolean sealed, List<String> keys, List<String> valid, List<String> others, String problem) {
  static final byte[] KEY = Citizen.named("lisa").identity().soul().derivedKey("a", "b");
  static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  static final long TS = 1_790_000_000_000_000_000L;

  /** Reads the file to its end. */
  static SnapshotContents of(Path file, byte[] key, long eventsAllowed) {
    List<String> keys = new ArrayList<>();
    List<String> valid = new ArrayList<>();
    List<String> others = new ArrayList<>();
    try (SnapshotReader reader = SnapshotReader.open(file, key, eventsAllowed)) {
      while (true) {
        switch (reader.next()) {
          case SnapshotReader.KeysPart part ->
              part.keys().forEach(each -> keys.add(text(each.entry())));
          case SnapshotReader.EventsPart part -> {
            List<String> into = part.valid() ? valid : others;
            part.events().forEach(json -> into.add(new String(json, StandardCharsets.UTF_8)));
          }
          case SnapshotReader.EndOfSnapshot snapshot -> {
            return new SnapshotContents(reader.sealed(), keys, valid, others, snapshot.problem());
          }
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static SnapshotContents of(Path file) {
    return of(file, KEY, 1_000_000);
  }

  static SnapshotContents of(Path file, byte[] bytes) {
    try {
      return of(Files.write(file, bytes));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static String text(Keyring.KeyEntry entry) {
    return entry.name() + '|' + entry.id() + '|' + entry.key();
  }

  List<String> events() {
    List<String> all = new ArrayList<>(valid);
    all.addAll(others);
    return all;
  }

  /** A snapshot of some events of some citizens, sealed with {@link #KEY}. */
  static byte[] sealedSnapshot(int events) {
    Citizen bart = Citizen.named("bart");
    List<JudgedEvent> judged = new ArrayList<>();
    judged.add(judged(bart.heyThere(TS, ""), Verdict.VALID));
    for (int i = 1; i < events; i++) {
      boolean signed = i % 2 == 1;
      judged.add(
          judged(
              signed ? bart.tease(TS + i, "maggie") : unsigned(i, "bart", "maggie"),
              signed ? Verdict.VALID : Verdict.UNSIGNED));
    }
    return bytes(Snapshot.of(NOON, keyring(bart), judged));
  }

  static Keyring keyring(Citizen... citizens) {
    Keyring keyring = new Keyring();
    for (Citizen citizen : citizens) {
      keyring.learn(citizen.name(), citizen.id(), citizen.key(), nara.identity.Origin.PING);
    }
    return keyring;
  }

  static byte[] unsigned(int i, String actor, String target) {
    return Citizen.unsigned(TS + i, new Social("tease", actor, "", target, "", "random", ""));
  }

  static JudgedEvent judged(byte[] json, Verdict verdict) {
    return new JudgedEvent(Citizen.read(json).event(), verdict);
  }

  static byte[] bytes(Snapshot snapshot) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      snapshot.writeTo(out, KEY);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }
}
