package nara.snapshot;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;

/**
 * The content of a snapshot file: gzipped lines under a {@link HmacSeal}.
 *
 * <p>It contains the keys of the naras that its events mention. The ledger's content depends on
 * them, because events of naras without a key are pruned first. Hey-there events do not bring back
 * keys that were learned by asking. Each key says how strong its evidence was. The keys of this
 * node and its operator only say which key verified the events. A name without events has nothing
 * to lose and may be invented, so a restart forgets it.
 *
 * @param sections the bytes that other parts keep here, by name
 * @param events with their verdicts, grouped by verdict
 */
record Snapshot(
    Instant writtenAt,
    List<SnapshotKey> keys,
    Map<String, byte[]> sections,
    Iterable<JudgedEvent> events) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** A snapshot in which no other part keeps anything. */
  Snapshot(Instant writtenAt, List<SnapshotKey> keys, Iterable<JudgedEvent> events) {
    this(writtenAt, keys, Map.of(), events);
  }

  /** The same, in the order for reading. */
  static Snapshot of(Instant writtenAt, Keyring keyring, List<JudgedEvent> events) {
    return of(writtenAt, keyring, Map.of(), events);
  }

  /**
   * Orders the events for reading: better verdicts first, and among equal ones hey-theres first. So
   * a reader that does not trust the seal learns the keys before it verifies the rest.
   */
  static Snapshot of(
      Instant writtenAt, Keyring keyring, Map<String, byte[]> sections, List<JudgedEvent> events) {
    List<JudgedEvent> ordered = new ArrayList<>(events);
    ordered.sort(
        Comparator.comparing(JudgedEvent::verdict)
            .thenComparing(judged -> !(judged.event().payload() instanceof HeyThere)));
    return new Snapshot(writtenAt, restorableKeys(keyring, events), sections, ordered);
  }

  /** The keys that decide verdicts of the events, without ids that are contested now. */
  private static List<SnapshotKey> restorableKeys(Keyring keyring, List<JudgedEvent> events) {
    Set<String> names = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (JudgedEvent judged : events) {
      Event event = judged.event();
      names.addAll(List.of(event.emitter(), event.actor(), event.target()));
      ids.add(event.emitterId());
      if (event.payload() instanceof Checkpoint checkpoint) {
        ids.addAll(checkpoint.voterIds());
      }
    }
    names.remove("");
    ids.remove("");
    return keyring.entries().stream()
        .filter(entry -> !entry.origin().isOwn() || !entry.name().isEmpty())
        .filter(entry -> names.contains(entry.name()) || ids.contains(entry.id()))
        // Its events may still be those of the former key: the restart verifies them.
        .filter(entry -> !keyring.isOverturned(entry.name()))
        .map(entry -> SnapshotKey.of(entry, keyring))
        .toList();
  }

  /** Writes the content and then the seal. Flushes the stream and leaves it open. */
  void writeTo(OutputStream out, byte[] key) throws IOException {
    HmacSeal seal = new HmacSeal(key);
    // Signatures do not compress, and a stopping node waits for this, so speed counts.
    try (GZIPOutputStream lines =
        new GZIPOutputStream(new SealingOutputStream(out, seal), BUFFER_BYTES) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      writeLine(lines, SnapshotLines.header(writtenAt));
      for (SnapshotKey each : keys) {
        writeLine(lines, SnapshotLines.key(each));
      }
      for (Map.Entry<String, byte[]> section : sections.entrySet()) {
        for (byte[] line : SnapshotLines.section(section.getKey(), section.getValue())) {
          writeLine(lines, line);
        }
      }
      Verdict verdict = null;
      for (JudgedEvent judged : events) {
        if (judged.verdict() != verdict) {
          verdict = judged.verdict();
          writeLine(lines, SnapshotLines.verdict(verdict));
        }
        writeLine(lines, SnapshotLines.singleLine(judged.event().json()));
      }
    }
    out.write(seal.gzipMember());
    out.flush();
  }

  private static void writeLine(OutputStream lines, byte[] bytes) throws IOException {
    lines.write(bytes);
    lines.write('\n');
  }

  /** Passes bytes on and adds them to the seal. Its end does not close the stream below. */
  private static final class SealingOutputStream extends FilterOutputStream {
    private final HmacSeal seal;

    SealingOutputStream(OutputStream out, HmacSeal seal) {
      super(out);
      this.seal = seal;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      seal.update(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
