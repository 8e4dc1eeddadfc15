package nara.snapshot;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import nara.event.HeyThere;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;

/**
 * What a node remembers at one moment, as it is written: gzipped lines under a {@link HmacSeal}.
 *
 * <p>The keys of those whom its events mention are in it, because the ledger's content depends on
 * them (what involves a nara without a key goes first), and because a name's first key stays its
 * key only if a restart does not forget it; hey-there events alone would lose those that were
 * learned by asking. Who is in no event has nothing that could be taken over, and may never have
 * been: such names go with the restart.
 *
 * @param writtenAt the moment
 * @param keys who has which key
 * @param events each with its verdict; those of one verdict side by side
 */
record Snapshot(Instant writtenAt, List<Keyring.KeyEntry> keys, Iterable<JudgedEvent> events) {
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * What there is, in the order it is to be read: better verdicts first, and in each the
   * announcements, so that whoever does not believe the seal has the keys before the rest.
   */
  static Snapshot of(Instant writtenAt, Keyring keyring, List<JudgedEvent> events) {
    List<JudgedEvent> ordered = new ArrayList<>(events);
    ordered.sort(
        Comparator.comparing(JudgedEvent::verdict)
            .thenComparing(judgedEvent -> !(judgedEvent.event().payload() instanceof HeyThere)));
    return new Snapshot(writtenAt, restorableKeys(keyring, MentionedNaras.in(events)), ordered);
  }

  /** The keys as they can be told again: an id that is contested now is not told as anybody's. */
  private static List<Keyring.KeyEntry> restorableKeys(
      Keyring keyring, MentionedNaras mentionedNaras) {
    return keyring.entries().stream()
        .filter(keyEntry -> !keyEntry.origin().isOwn() && mentionedNaras.contains(keyEntry))
        .map(
            keyEntry ->
                keyEntry.name().isEmpty() || keyring.idOf(keyEntry.name()).isPresent()
                    ? keyEntry
                    : new Keyring.KeyEntry(keyEntry.name(), "", keyEntry.key(), keyEntry.origin()))
        .toList();
  }

  /** Writes all of it, the seal last. The stream is flushed and stays open. */
  void writeTo(OutputStream out, byte[] key) throws IOException {
    HmacSeal hmacSeal = new HmacSeal(key);
    // The fastest: signatures do not get smaller, and a node that stops is waited for.
    GZIPOutputStream lines =
        new GZIPOutputStream(new SealingOutputStream(out, hmacSeal), BUFFER_BYTES) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        };
    try {
      writeLines(lines);
      lines.finish();
    } finally {
      // Frees the deflater's memory; the bytes are in the stream below by now, or do not matter.
      lines.close();
    }
    out.write(hmacSeal.gzipMember());
    out.flush();
  }

  private void writeLines(OutputStream lines) throws IOException {
    line(lines, SnapshotLines.header(writtenAt));
    for (Keyring.KeyEntry keyEntry : keys) {
      line(lines, SnapshotLines.key(keyEntry));
    }
    Verdict verdict = null;
    for (JudgedEvent judgedEvent : events) {
      if (judgedEvent.verdict() != verdict) {
        verdict = judgedEvent.verdict();
        line(lines, SnapshotLines.verdict(verdict));
      }
      line(lines, SnapshotLines.singleLine(judgedEvent.event().json()));
    }
  }

  private static void line(OutputStream lines, byte[] bytes) throws IOException {
    lines.write(bytes);
    lines.write('\n');
  }

  /** Passes bytes on and puts them under the seal; closing it closes nothing. */
  private static final class SealingOutputStream extends FilterOutputStream {
    private final HmacSeal hmacSeal;

    SealingOutputStream(OutputStream out, HmacSeal hmacSeal) {
      super(out);
      this.hmacSeal = hmacSeal;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      hmacSeal.update(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
