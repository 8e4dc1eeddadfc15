package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir private Path folder;

  @Test
  void config_file_passes_its_bytes_unchanged() throws IOException {
    String text = "\ufeff{\"identity\": {\"name\": \"zoë\"},\n\"web\": {\"port\": 1, \"port\": 2}}";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("zoë.json"), bytes);
    assertThat(ConfigFile.read(file)).isEqualTo(bytes);
  }

  @Test
  void config_file_passes_bytes_that_are_no_text() throws IOException {
    byte[] bytes = {(byte) 0xff, 0, (byte) 0xfe};
    assertThat(ConfigFile.read(Files.write(folder.resolve("binary"), bytes))).isEqualTo(bytes);
  }

  @Test
  void config_file_fails_when_missing() {
    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.json")))
        .isInstanceOf(RuntimeException.class);
  }
}
