package nara.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import nara.event.EventLimits;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Altered;
import nara.testing.Citizen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that this node did not write like that, and what the reader trusts in them. */
class SnapshotReaderTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("ledger.gz");
  }

  @Test
  void any_flipped_bit_breaks_the_seal() {
    byte[] good = SnapshotContents.sealedSnapshot(6);
    assertThat(SnapshotContents.of(file, good).sealed()).isTrue();
    for (int i = 0; i < good.length * 8; i++) {
      byte[] flipped = Altered.byteAt(good, i / 8, 1 << i % 8);
      SnapshotContents contents = SnapshotContents.of(file, flipped);
      assertThat(contents.sealed()).as("bit %d", i).isFalse();
      assertThat(contents.keys()).as("bit %d", i).isEmpty();
      assertThat(contents.valid()).as("bit %d", i).isEmpty();
    }
  }

  @Test
  void truncated_snapshot_yields_earlier_events_for_verification() {
    byte[] good = SnapshotContents.sealedSnapshot(200);
    List<String> all = SnapshotContents.of(file, good).events();
    int most = 0;
    for (int length = 0; length < good.length; length++) {
      SnapshotContents contents = SnapshotContents.of(file, Arrays.copyOf(good, length));
      assertThat(contents.sealed()).isFalse();
      assertThat(contents.keys()).isEmpty();
      assertThat(contents.valid()).isEmpty();
      assertThat(contents.others()).isEqualTo(all.subList(0, contents.others().size()));
      assertThat(contents.others().size()).isGreaterThanOrEqualTo(most);
      most = contents.others().size();
      if (most < all.size()) {
        assertThat(contents.problem()).isNotEmpty();
      }
    }
    assertThat(most).isEqualTo(all.size());
  }

  @Test
  void trailing_bytes_break_the_seal() {
    byte[] good = SnapshotContents.sealedSnapshot(6);
    SnapshotContents contents = SnapshotContents.of(file, Arrays.copyOf(good, good.length + 1));
    assertThat(contents.sealed()).isFalse();
    assertThat(contents.others()).hasSize(6);
  }

  @Test
  void concatenated_snapshots_break_the_seal() {
    byte[] good = SnapshotContents.sealedSnapshot(6);
    byte[] twice = Arrays.copyOf(good, 2 * good.length);
    System.arraycopy(good, 0, twice, good.length, good.length);
    assertThat(SnapshotContents.of(file, twice).sealed()).isFalse();
  }

  @Test
  void snapshot_of_another_soul_is_verified_again() throws IOException {
    Files.write(file, SnapshotContents.sealedSnapshot(6));
    byte[] other = Citizen.named("bart").identity().soul().derivedKey("a", "b");
    SnapshotContents contents = SnapshotContents.of(file, other, 100);
    assertThat(contents.sealed()).isFalse();
    assertThat(contents.keys()).isEmpty();
    assertThat(contents.valid()).isEmpty();
    assertThat(contents.others()).hasSize(6);
    assertThat(contents.problem()).isEmpty();
  }

  @Test
  void gzip_unpacks_the_whole_file_with_its_seal() throws IOException {
    Files.write(file, SnapshotContents.sealedSnapshot(6));
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      // The header, one key, two verdicts, six events.
      assertThat(new String(in.readAllBytes(), UTF_8).lines()).hasSize(10);
    }
  }

  @Test
  void no_event_can_pass_for_a_key_or_a_verdict() {
    String event = new String(SnapshotContents.unsigned(1, "bart", "maggie"), UTF_8);
    String key = Citizen.impostor("lisa").key().encoded();
    String within =
        "{\"x\":\n[\"key\",\"lisa\",\"\",\"%s\"]\n,\"y\":\r\n[\"verdict\",\"valid\"]\r\n,"
                .formatted(key)
            + event.substring(1);
    JudgedEvent judgedEvent = SnapshotContents.judged(within.getBytes(UTF_8), Verdict.UNSIGNED);
    SnapshotContents contents =
        SnapshotContents.of(
            file,
            SnapshotContents.bytes(
                Snapshot.of(
                    SnapshotContents.NOON,
                    SnapshotContents.keyring(),
                    List.of(judgedEvent, judgedEvent))));
    assertThat(contents.sealed()).isTrue();
    assertThat(contents.keys()).isEmpty();
    assertThat(contents.valid()).isEmpty();
    String line = within.replace('\n', ' ').replace('\r', ' ');
    assertThat(contents.others()).containsExactly(line, line);
  }

  @Test
  void file_that_is_no_snapshot_is_rejected() {
    assertThat(SnapshotContents.of(file, new byte[0]).problem()).contains("cut off");
    assertThat(SnapshotContents.of(file, "hello, world".getBytes(UTF_8)).problem())
        .contains("unpacked");
    assertThat(SnapshotContents.of(file, new byte[5_000]).problem()).contains("unpacked");
  }

  @Test
  void unsealed_file_is_read_up_to_the_maximum_of_events() throws IOException {
    byte[] event = SnapshotContents.unsigned(1, "bart", "maggie");
    byte[] many =
        gzipped(
            out -> {
              for (int i = 0; i < 20_000; i++) {
                out.write(event);
                out.write('\n');
              }
            });
    Files.write(file, many);
    SnapshotContents contents = SnapshotContents.of(file, SnapshotContents.KEY, 12_345);
    assertThat(contents.others()).hasSize(12_345);
    assertThat(contents.problem()).contains("12,345 events");
  }

  @Test
  void unsealed_file_is_read_up_to_the_maximum_of_unpacked_bytes() throws IOException {
    byte[] zeros = new byte[1 << 20];
    for (byte fill : new byte[] {0, '\n', '['}) {
      Arrays.fill(zeros, fill);
      Files.write(
          file,
          gzipped(
              out -> {
                for (int i = 0; i < 64; i++) {
                  out.write(zeros);
                }
              }));
      SnapshotContents contents = SnapshotContents.of(file, SnapshotContents.KEY, 1_000);
      assertThat(contents.events()).isEmpty();
      assertThat(contents.problem()).contains("more than the allowed 5,144,576 bytes");
    }
  }

  @Test
  void oversized_line_is_skipped_alone() throws IOException {
    byte[] event = SnapshotContents.unsigned(1, "bart", "maggie");
    Files.write(
        file,
        gzipped(
            out -> {
              out.write(new byte[EventLimits.MAX_EVENT_BYTES + 1]);
              out.write('\n');
              out.write(event);
              out.write('\n');
            }));
    SnapshotContents contents = SnapshotContents.of(file);
    assertThat(contents.others()).containsExactly(new String(event, UTF_8));
    assertThat(contents.problem()).isEqualTo("1 lines are longer than an event may be");
  }

  @Test
  void parts_are_bounded() throws IOException {
    Files.write(file, SnapshotContents.sealedSnapshot(12_001));
    try (SnapshotReader reader = SnapshotReader.open(file, SnapshotContents.KEY, 1)) {
      int events = 0;
      while (!(reader.next() instanceof SnapshotReader.EndOfSnapshot)) {
        events++;
      }
      // The keys, and two parts for each verdict.
      assertThat(events).isEqualTo(1 + 2 + 2);
    }
  }

  @Test
  void reading_fails_when_the_file_changes_after_the_seal_was_checked() throws IOException {
    byte[] good = SnapshotContents.sealedSnapshot(2_000);
    for (int place : new int[] {4, good.length / 2, good.length - HmacSeal.LENGTH - 1}) {
      Files.write(file, good);
      try (SnapshotReader reader = SnapshotReader.open(file, SnapshotContents.KEY, 1)) {
        assertThat(reader.sealed()).isTrue();
        try (RandomAccessFile changed = new RandomAccessFile(file.toFile(), "rw")) {
          changed.seek(place);
          changed.write(good[place] ^ 1);
        }
        assertThatThrownBy(
                () -> {
                  while (!(reader.next() instanceof SnapshotReader.EndOfSnapshot)) {
                    // Only the end matters here.
                    continue;
                  }
                })
            .isInstanceOf(SnapshotChangedException.class);
      }
    }
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static byte[] gzipped(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      content.writeTo(out);
    }
    return bytes.toByteArray();
  }
}
