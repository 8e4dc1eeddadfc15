package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLinesTest {
  @TempDir Path folder;

  @Test
  void a_link_is_written_through_and_stays_a_link() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    EventLines.write(link, List.of());
    assertThat(link).isSymbolicLink();
    assertThat(file).isEmptyFile();
  }

  @Test
  void nothing_is_left_of_what_could_not_be_written() throws IOException {
    // What would be replaced is a directory with something in it.
    Path there = Files.createDirectories(folder.resolve("there/full")).getParent();
    assertThatThrownBy(() -> EventLines.write(there, List.of()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("cannot be written");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }
}
