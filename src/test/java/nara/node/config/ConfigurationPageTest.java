package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nara.cluster.ClusterConfig;
import org.junit.jupiter.api.Test;

/** Compares docs/configuration.md and the shipped configurations with the program. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("docs/configuration.md");

  @Test
  void page_has_one_row_for_each_key_with_its_default_and_range() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.matches("\\| `[a-z_]+(\\.[a-z_]+)*` \\| .* \\| .* \\| .+ \\|"))
            .map(
                line ->
                    line.substring(
                        0, line.indexOf(" | ", line.indexOf(" | ", line.indexOf(" | ") + 1) + 1)))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            ConfigReader.read("{}", Map.of(), 1_000).keys().stream()
                .map(ConfigurationPageTest::row)
                .toList());
  }

  private static String row(ConfigKey key) {
    return "| `%s` | %s | %s"
        .formatted(
            key.path(),
            key.defaultText().isEmpty() ? "\"\"" : key.defaultText(),
            key.allowed()
                .replace("a duration such as \"500ms\", \"30s\" or \"5m\" (", "a duration ("));
  }

  @Test
  void shipped_configuration_is_valid_and_has_the_defaults() throws IOException {
    ConfigReader.ConfigResult shipped =
        ConfigReader.read(Files.readString(Path.of("conf/node.json")), Map.of(), 1_000);

    assertThat(shipped.problems()).isEmpty();
    assertThat(shipped.warnings()).isEmpty();
    assertThat(shipped.config()).isEqualTo(ConfigReader.read("{}", Map.of(), 1_000).config());
  }

  @Test
  void shipped_cluster_configuration_is_valid() throws IOException {
    ConfigReader.ConfigResult shipped =
        ConfigReader.read(Files.readString(Path.of("conf/cluster.json")), Map.of(), 1_000);

    assertThat(shipped.problems()).isEmpty();
    assertThat(shipped.warnings()).isEmpty();
    ClusterConfig cluster = shipped.config().orElseThrow().cluster();
    assertThat(cluster.members()).hasSize(3).contains(cluster.host() + ":" + cluster.port());
    assertThat(cluster.quorum()).isEqualTo(2);
  }
}
