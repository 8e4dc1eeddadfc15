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
import nara.ledger.LedgerRequest.Judged;
import nara.testing.Citizen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file may hold that is not as this node wrote it, and what is then believed of it. */
class SnapshotReaderTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("ledger.gz");
  }

  @Test
  void whatever_bit_is_flipped_the_file_is_not_believed() {
    byte[] good = Told.written(6);
    assertThat(Told.of(file, good).sealed()).isTrue();
    for (int i = 0; i < good.length * 8; i++) {
      byte[] flipped = good.clone();
      flipped[i / 8] ^= (byte) (1 << i % 8);
      Told told = Told.of(file, flipped);
      assertThat(told.sealed()).as("bit %d", i).isFalse();
      assertThat(told.keys()).as("bit %d", i).isEmpty();
      assertThat(told.valid()).as("bit %d", i).isEmpty();
    }
  }

  @Test
  void wherever_the_file_ends_too_early_the_events_before_are_there_to_be_judged() {
    byte[] good = Told.written(200);
    List<String> all = Told.of(file, good).events();
    int most = 0;
    for (int length = 0; length < good.length; length++) {
      Told told = Told.of(file, Arrays.copyOf(good, length));
      assertThat(told.sealed()).isFalse();
      assertThat(told.keys()).isEmpty();
      assertThat(told.valid()).isEmpty();
      assertThat(told.others()).isEqualTo(all.subList(0, told.others().size()));
      assertThat(told.others().size()).isGreaterThanOrEqualTo(most);
      most = told.others().size();
      if (most < all.size()) {
        assertThat(told.trouble()).isNotEmpty();
      }
    }
    assertThat(most).isEqualTo(all.size());
  }

  @Test
  void bytes_after_the_seal_break_it() {
    byte[] good = Told.written(6);
    Told told = Told.of(file, Arrays.copyOf(good, good.length + 1));
    assertThat(told.sealed()).isFalse();
    assertThat(told.others()).hasSize(6);
  }

  @Test
  void two_snapshots_in_one_file_are_none() {
    byte[] good = Told.written(6);
    byte[] twice = Arrays.copyOf(good, 2 * good.length);
    System.arraycopy(good, 0, twice, good.length, good.length);
    assertThat(Told.of(file, twice).sealed()).isFalse();
  }

  @Test
  void another_soul_believes_nothing_and_has_all_events_to_judge() throws IOException {
    Files.write(file, Told.written(6));
    byte[] other = Citizen.named("bart").identity().soul().derivedKey("a", "b");
    Told told = Told.of(file, other, 100);
    assertThat(told.sealed()).isFalse();
    assertThat(told.keys()).isEmpty();
    assertThat(told.valid()).isEmpty();
    assertThat(told.others()).hasSize(6);
    assertThat(told.trouble()).isEmpty();
  }

  @Test
  void what_unpacks_gzip_unpacks_the_whole_file_with_its_seal() throws IOException {
    Files.write(file, Told.written(6));
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      // What the file is, one key, two verdicts, six events.
      assertThat(new String(in.readAllBytes(), UTF_8).lines()).hasSize(10);
    }
  }

  @Test
  void no_event_can_pass_for_a_key_or_a_verdict() {
    String event = new String(Told.unsigned(1, "bart", "maggie"), UTF_8);
    String key = Citizen.impostor("lisa").key().encoded();
    String within =
        "{\"x\":\n[\"key\",\"lisa\",\"\",\"%s\"]\n,\"y\":\r\n[\"verdict\",\"valid\"]\r\n,"
                .formatted(key)
            + event.substring(1);
    Judged judged = Told.judged(within.getBytes(UTF_8), Verdict.UNSIGNED);
    Told told =
        Told.of(file, Told.bytes(Snapshot.of(Told.NOON, Told.keyring(), List.of(judged, judged))));
    assertThat(told.sealed()).isTrue();
    assertThat(told.keys()).isEmpty();
    assertThat(told.valid()).isEmpty();
    String line = within.replace('\n', ' ').replace('\r', ' ');
    assertThat(told.others()).containsExactly(line, line);
  }

  @Test
  void what_is_no_snapshot_is_said_to_be_none() {
    assertThat(Told.of(file, new byte[0]).trouble()).contains("cut off");
    assertThat(Told.of(file, "hello, world".getBytes(UTF_8)).trouble()).contains("unpacked");
    assertThat(Told.of(file, new byte[5_000]).trouble()).contains("unpacked");
  }

  @Test
  void without_a_seal_no_more_events_are_taken_than_a_ledger_holds() throws IOException {
    byte[] event = Told.unsigned(1, "bart", "maggie");
    byte[] many =
        gzipped(
            out -> {
              for (int i = 0; i < 20_000; i++) {
                out.write(event);
                out.write('\n');
              }
            });
    Files.write(file, many);
    Told told = Told.of(file, Told.KEY, 12_345);
    assertThat(told.others()).hasSize(12_345);
    assertThat(told.trouble()).contains("12,345 events");
  }

  @Test
  void without_a_seal_a_file_that_unpacks_to_much_more_is_left_in_time() throws IOException {
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
      Told told = Told.of(file, Told.KEY, 1_000);
      assertThat(told.events()).isEmpty();
      assertThat(told.trouble()).contains("bytes that are taken");
    }
  }

  @Test
  void a_line_that_is_too_long_costs_itself_only() throws IOException {
    byte[] event = Told.unsigned(1, "bart", "maggie");
    Files.write(
        file,
        gzipped(
            out -> {
              out.write(new byte[EventLimits.EVENT_BYTES + 1]);
              out.write('\n');
              out.write(event);
              out.write('\n');
            }));
    Told told = Told.of(file);
    assertThat(told.others()).containsExactly(new String(event, UTF_8));
    assertThat(told.trouble()).isEqualTo("1 lines are longer than an event may be");
  }

  @Test
  void parts_are_bounded_whatever_the_file_holds() throws IOException {
    Files.write(file, Told.written(12_001));
    try (SnapshotReader reader = SnapshotReader.open(file, Told.KEY, 1)) {
      int events = 0;
      while (!(reader.next() instanceof SnapshotReader.End)) {
        events++;
      }
      // The keys, twice 5,000 and the rest of one verdict, the same of the other.
      assertThat(events).isEqualTo(1 + 2 + 2);
    }
  }

  @Test
  void a_file_that_is_changed_after_its_seal_was_checked_is_not_used() throws IOException {
    byte[] good = Told.written(2_000);
    for (int place : new int[] {4, good.length / 2, good.length - Seal.LENGTH - 1}) {
      Files.write(file, good);
      try (SnapshotReader reader = SnapshotReader.open(file, Told.KEY, 1)) {
        assertThat(reader.sealed()).isTrue();
        try (RandomAccessFile changed = new RandomAccessFile(file.toFile(), "rw")) {
          changed.seek(place);
          changed.write(good[place] ^ 1);
        }
        assertThatThrownBy(
                () -> {
                  while (!(reader.next() instanceof SnapshotReader.End)) {
                    // Whatever part it is, the end decides.
                    continue;
                  }
                })
            .isInstanceOf(SnapshotChanged.class);
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
