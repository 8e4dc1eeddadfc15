package nara.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void file_is_replaced_with_its_permissions() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    Set<PosixFilePermission> secret = PosixFilePermissions.fromString("rw-------");
    Files.setPosixFilePermissions(file, secret);

    write(file, "after");

    assertThat(file).hasContent("after");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(secret);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void foreign_link_beside_the_file_is_not_followed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path link = Files.createSymbolicLink(folder.resolve("file.new"), victim);

    write(folder.resolve("file"), "content");

    assertThat(victim).hasContent("precious");
    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("file")).hasContent("content");
  }

  @Test
  void failed_write_leaves_the_old_content() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("no space");
                    }))
        .hasMessage("no space");

    assertThat(file).hasContent("before");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void leftovers_of_this_file_alone_are_deleted() throws IOException {
    Path file = folder.resolve("file");
    Path leftover = Files.writeString(folder.resolve("file.0123456789abcdef.new"), "part");
    Path other = Files.writeString(folder.resolve("file.2.new"), "kept");

    AtomicFile.deleteLeftovers(file);

    assertThat(leftover).doesNotExist();
    assertThat(other).exists();
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
