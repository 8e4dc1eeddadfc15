package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nara.identity.Soul;
import nara.testing.Citizen;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Editors and shells add characters at the ends of secrets. */
class SecretTextTest {
  private static final String SOUL = Citizen.named("lisa").identity().soul().encoded();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"%s\n", " %s\r\n", "\ufeff%s", "\ufeff \t%s \n\n"})
  void secret_is_read_without_padding(String padded) throws IOException {
    String text = padded.formatted(SOUL);
    Files.writeString(folder.resolve("soul"), text);
    String escaped = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");

    assertThat(soul("{}", Map.of("NARA_SOUL", text))).isEqualTo(SOUL);
    assertThat(soul("{\"identity\": {\"soul\": \"" + escaped + "\"}}", Map.of())).isEqualTo(SOUL);
    // Relative to the configuration file, not to the working directory.
    assertThat(soul("{\"identity\": {\"soul_file\": \"soul\"}}", Map.of())).isEqualTo(SOUL);
    String password = "{\"plaza\": {\"password\": \"" + escaped + "\"}}";
    assertThat(read(password, Map.of()).plaza().password()).isEqualTo(SOUL);
  }

  private String soul(String json, Map<String, String> environment) {
    return read(json, environment).identity().soul().map(Soul::encoded).orElseThrow();
  }

  private NodeConfig read(String json, Map<String, String> environment) {
    return ConfigReader.read(json, environment, 1_000, folder).config().orElseThrow();
  }
}
