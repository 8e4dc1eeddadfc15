package nara.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
  @TempDir private Path folder;

  @Test
  @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
  void pipe_without_writer_is_refused_at_once() throws IOException, InterruptedException {
    Path pipe = folder.resolve("ca.pem");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(PemFile.CERTIFICATE.fault(pipe))
        .hasValue("there is no readable file \"" + pipe + '"');
  }
}
