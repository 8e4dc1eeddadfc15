package nara.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileWriterTest {
  @TempDir Path folder;

  @Test
  void writing_follows_symbolic_link() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    EventFileWriter.write(link, List.of());
    assertThat(link).isSymbolicLink();
    assertThat(file).isEmptyFile();
  }

  @Test
  void failed_write_leaves_no_temporary_file() throws IOException {
    // A directory that is not empty cannot be replaced.
    Path target = Files.createDirectories(folder.resolve("there/full")).getParent();
    assertThatThrownBy(() -> EventFileWriter.write(target, List.of()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("cannot be written");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }
}
