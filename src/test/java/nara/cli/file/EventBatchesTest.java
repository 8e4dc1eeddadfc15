package nara.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nara.cli.file.EventBatches.Batch;
import nara.event.ReadResult;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventBatchesTest {
  private static final String EVENT =
      new String(Citizen.named("raccoon").tease(1, "lisa"), StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void every_line_has_one_result_in_the_order_of_the_file() throws IOException {
    Path file = Files.writeString(folder.resolve("events"), (EVENT + "\nno event\n").repeat(5));
    List<Long> numbers = new ArrayList<>();
    List<Boolean> parsed = new ArrayList<>();
    try (EventFileReader reader = EventFileReader.open(file);
        EventBatches batches = new EventBatches(reader, 3)) {
      Batch batch;
      while (!(batch = batches.next()).lines().isEmpty()) {
        batch.lines().forEach(line -> numbers.add(line.number()));
        batch.events().forEach(event -> parsed.add(event instanceof ReadResult.ParsedEvent));
      }
      assertThat(batches.next().lines()).as("still the end").isEmpty();
    }
    assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(parsed.stream().filter(event -> event)).hasSize(5);
    assertThat(parsed).startsWith(true, false, true);
  }

  @Test
  void file_that_cannot_be_read_is_a_failure_of_the_command() throws IOException {
    Path file = Files.writeString(folder.resolve("array"), "[\n");
    try (EventFileReader reader = EventFileReader.open(file);
        EventBatches batches = new EventBatches(reader, 3)) {
      assertThatThrownBy(batches::next)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("is a JSON array");
    }
  }
}
