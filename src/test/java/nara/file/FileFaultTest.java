package nara.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FileFaultTest {
  @Test
  void reason_leaves_out_the_name_of_the_file() {
    assertThat(FileFault.reason(new AccessDeniedException("f"))).isEqualTo("permission denied");
    assertThat(FileFault.reason(new NoSuchFileException("f")))
        .isEqualTo("no such file or directory");
    assertThat(FileFault.reason(new NotDirectoryException("f"))).isEqualTo("not a directory");
    assertThat(FileFault.reason(new FileSystemException("f", null, "No space left on device")))
        .isEqualTo("No space left on device");
  }

  @Test
  void reason_of_an_existing_file_names_it_because_it_may_be_another_one() {
    assertThat(FileFault.reason(new FileAlreadyExistsException("f"))).isEqualTo("f exists already");
  }

  @Test
  void failure_without_a_message_is_named_by_its_class() {
    assertThat(FileFault.reason(new IOException())).isEqualTo("java.io.IOException");
    assertThat(FileFault.reason(new IOException("Is a directory"))).isEqualTo("Is a directory");
  }
}
