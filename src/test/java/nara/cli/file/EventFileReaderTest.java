package nara.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import nara.cli.Main;
import nara.cli.file.EventFileReader.Line;
import nara.event.EventLimits;
import nara.testing.Altered;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileReaderTest {
  private Optional<String> problem = Optional.empty();

  @TempDir Path folder;

  @Test
  void lines_keep_numbers_when_blank_lines_are_skipped() throws IOException {
    assertThat(lines("a\n\n  \r\nb\r\nc")).containsExactly("1:a", "4:b", "5:c");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n\n")).isEmpty();
  }

  @Test
  void line_is_skipped_when_longer_than_an_event_may_be() throws IOException {
    String longest = "x".repeat(EventLimits.MAX_EVENT_BYTES);
    String huge = "y".repeat(5 * EventLimits.MAX_EVENT_BYTES);
    byte[] text = (longest + "\n" + longest + "z\n" + longest + "\r\n" + huge + "\nb").getBytes();
    try (EventFileReader file = EventFileReader.open(Files.write(folder.resolve("long"), text))) {
      List<Line> lines = file.nextBatch(10);
      assertThat(lines.stream().map(line -> line.bytes().length))
          .containsExactly(EventLimits.MAX_EVENT_BYTES, 0, EventLimits.MAX_EVENT_BYTES, 0, 1);
      assertThat(lines.stream().map(Line::length))
          .containsExactly(
              (long) EventLimits.MAX_EVENT_BYTES,
              EventLimits.MAX_EVENT_BYTES + 1L,
              (long) EventLimits.MAX_EVENT_BYTES,
              5L * EventLimits.MAX_EVENT_BYTES,
              1L);
    }
  }

  @Test
  void gzip_file_of_several_members_is_read() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(gzip("a\nb\n"));
    both.write(gzip("c\n"));
    assertThat(lines(both.toByteArray())).containsExactly("1:a", "2:b", "3:c");
  }

  @Test
  void only_events_are_read_from_a_snapshot() throws IOException {
    String rest = "\n[\"key\",\"bart\",\"\",\"AA==\"]\n[\"verdict\",\"valid\"]\n{}\n";
    assertThat(lines("[\"nara:snapshot:v1\",\"2026-11-26T20:00:00Z\"]" + rest))
        .containsExactly("4:{}");
    assertThat(lines("[\"nara:other\"]" + rest)).hasSize(4);
  }

  @Test
  void byte_order_mark_is_skipped() throws IOException {
    assertThat(lines("\ufeffa\nb")).containsExactly("1:a", "2:b");
    assertThat(lines(gzip("\ufeffa\nb"))).containsExactly("1:a", "2:b");
    assertThat(lines("\ufeff")).isEmpty();
  }

  @Test
  void batches_have_requested_size() throws IOException {
    Path path = Files.writeString(folder.resolve("five"), "1\n2\n3\n4\n5\n");
    try (EventFileReader file = EventFileReader.open(path)) {
      assertThat(file.nextBatch(2)).hasSize(2);
      assertThat(file.nextBatch(2)).hasSize(2);
      assertThat(file.nextBatch(2)).hasSize(1);
      assertThat(file.nextBatch(2)).isEmpty();
    }
  }

  @Test
  void unreadable_file_is_rejected_with_reason() throws IOException {
    assertRejected(Arrays.copyOf(gzip("line\n"), 5), "is cut off");
    assertThatThrownBy(() -> EventFileReader.open(folder.resolve("none")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("file not found: ");
    assertThatThrownBy(() -> EventFileReader.open(folder))
        .isInstanceOf(CommandFailure.class)
        .hasMessageEndingWith("is a directory; give a file of events");
  }

  @Test
  void gzip_that_is_cut_off_or_corrupt_keeps_what_could_be_read() throws IOException {
    byte[] packed = gzip("line\n".repeat(100_000));

    assertThat(lines(Arrays.copyOf(packed, packed.length - 20))).hasSizeGreaterThan(90_000);
    assertThat(problem).get().asString().contains("is cut off: its gzip stream ends after line ");
    assertThat(lines(Altered.byteAt(packed, packed.length - 6))).hasSize(100_000);
    assertThat(problem).get().asString().contains("is corrupt");
    assertThat(lines(packed)).hasSize(100_000);
    assertThat(problem).isEmpty();
  }

  @Test
  void other_json_gets_a_hint() throws IOException {
    assertRejected("[{\"id\":\"a\"}]".getBytes(StandardCharsets.UTF_8), "is a JSON array");
    assertRejected("[\n{\"id\":\"a\"}]".getBytes(StandardCharsets.UTF_8), "jq -c '.[]'");
    assertRejected("{\n  \"id\": \"a\"\n}".getBytes(StandardCharsets.UTF_8), "is indented JSON");
  }

  @Test
  void binary_file_is_rejected() throws IOException {
    assertRejected(new byte[] {0x7f, 'E', 'L', 'F', 0, '\n', '{', '\n', 'a'}, "is a binary file");
    assertRejected(new byte[] {'\n', (byte) 0x89, 'P', 'N', 'G', '\r', '\n'}, "is a binary file");
    try (InputStream compiled = Main.class.getResourceAsStream("Main.class")) {
      assertRejected(compiled.readAllBytes(), "is a binary file");
    }
  }

  @Test
  void file_of_events_may_have_binary_lines() throws IOException {
    assertThat(lines(new byte[] {0, '\n', '{', '}', '\n'})).hasSize(2);
    assertThat(lines(new byte[] {'{', (byte) 0xff, '}', '\n'})).hasSize(1);
    assertThat(lines(new byte[] {'a', '\n', (byte) 0xff, '\n'})).hasSize(2);
  }

  @Test
  void binary_file_is_rejected_by_its_first_lines_whatever_the_batch() throws IOException {
    byte[] garbage = {(byte) 0xff, (byte) 0xfe, '\n'};
    Path file = Files.write(folder.resolve("late"), repeated(garbage, 100, "{}\n"));
    for (int batch : new int[] {100, 5_000}) {
      try (EventFileReader reader = EventFileReader.open(file)) {
        assertThatThrownBy(() -> reader.nextBatch(batch)).hasMessageContaining("is a binary file");
      }
    }
    Files.write(file, repeated(garbage, 99, "{}\n"));
    try (EventFileReader reader = EventFileReader.open(file)) {
      assertThat(reader.nextBatch(5_000)).hasSize(100);
    }
  }

  private static byte[] repeated(byte[] line, int times, String end) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.write(line);
    }
    out.write(end.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  @Test
  void batch_of_large_lines_has_fewer_of_them() throws IOException {
    String large = "{" + "x".repeat(16_000 - 2) + "}\n";
    Path file = Files.writeString(folder.resolve("large"), large.repeat(1_000));
    try (EventFileReader reader = EventFileReader.open(file)) {
      assertThat(reader.nextBatch(5_000)).hasSize(525);
      assertThat(reader.nextBatch(5_000)).hasSize(475);
      assertThat(reader.nextBatch(5_000)).isEmpty();
    }
  }

  private void assertRejected(byte[] content, String words) {
    assertThatThrownBy(() -> lines(content))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(words);
  }

  private List<String> lines(String text) throws IOException {
    return lines(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> lines(byte[] content) throws IOException {
    List<String> all = new ArrayList<>();
    problem =
        EventFileReader.forEachBatch(
            Files.write(folder.resolve("file"), content),
            3,
            lines ->
                lines.forEach(
                    line ->
                        all.add(
                            line.number()
                                + ":"
                                + new String(line.bytes(), StandardCharsets.UTF_8))));
    return all;
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }
}
