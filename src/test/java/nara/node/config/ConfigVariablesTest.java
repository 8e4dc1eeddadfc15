package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.node.config.ConfigReader.ConfigResult;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigVariablesTest {
  private static final Soul BARTS = Citizen.named("bart").identity().soul();

  private static ConfigResult read(String json, Map<String, String> environment) {
    return ConfigReader.read(json, environment, 1_000);
  }

  private static NodeConfig valid(String json, Map<String, String> environment) {
    ConfigResult result = read(json, environment);
    assertThat(result.problems()).isEmpty();
    return result.config().orElseThrow();
  }

  @Test
  void variable_of_a_key_wins_over_the_file() {
    ConfigResult result =
        read("{\"mesh\": {\"port\": 1111, \"gzip\": false}}", Map.of("NARA_MESH_PORT", "2222"));

    assertThat(result.config().orElseThrow().mesh().port()).isEqualTo(2222);
    assertThat(result.config().orElseThrow().mesh().gzip()).isFalse();
    assertThat(result.variables()).isEqualTo(Map.of("mesh.port", "NARA_MESH_PORT"));
    assertThat(result.fromText()).containsExactly("mesh.gzip");
  }

  @Test
  void section_counts_as_given_when_a_variable_sets_a_key_of_it() {
    assertThat(read("{\"web\": {}}", Map.of("NARA_MESH_PORT", "2222")).given())
        .containsExactlyInAnyOrder("web", "mesh");
  }

  @Test
  void every_key_has_a_variable_and_no_two_share_one() {
    assertThat(read("{}", Map.of()).keys())
        .extracting(key -> ConfigVariables.variableOf(key.path()))
        .doesNotHaveDuplicates()
        .allMatch(variable -> variable.matches("NARA_[A-Z_]+"));
  }

  @Test
  void variable_gives_flags_durations_lists_and_objects() {
    NodeConfig config =
        valid(
            "{}",
            Map.of(
                "NARA_MESH_GZIP", "false",
                "NARA_RECOVERY_FIRST_WAIT", "7s",
                "NARA_DISCOVERY_PEERS", "bart@10.0.0.1, 10.0.0.2:7000",
                "NARA_RECOVERY_LADDER", "[\"sample\"]",
                "NARA_LOG_LEVEL", "{\"nara.mesh\": \"debug\"}",
                "NARA_READ_ONLY", "true"));

    assertThat(config.mesh().gzip()).isFalse();
    assertThat(config.recovery().firstWait()).hasSeconds(7);
    assertThat(config.discovery().peers())
        .extracting(peer -> peer.address())
        .containsExactly("10.0.0.1:7433", "10.0.0.2:7000");
    assertThat(config.recovery().ladder()).hasSize(1);
    assertThat(config.log().levels()).containsOnlyKeys("nara.mesh");
    assertThat(config.readOnly()).isTrue();
  }

  @Test
  void variable_opens_a_section_that_the_file_does_not_have() {
    NodeConfig config = valid("{}", Map.of("NARA_DISCOVERY_SCAN_CIDR", "10.1.0.0/24"));

    assertThat(config.discovery().scan().orElseThrow().cidr()).isEqualTo("10.1.0.0/24");
  }

  @Test
  void variables_of_the_reference_node_are_heeded() {
    NodeConfig config =
        valid(
            "{}",
            Map.of(
                "MQTT_HOST", "tls://broker.example:8883",
                "MQTT_USER", "ann",
                "MQTT_PASS", " secret\n",
                "NARA_ID", "lisa",
                "HTTP_ADDR", ":8080",
                "MEMORY_MODE", "short",
                "LEDGER_CAPACITY", "12345",
                "TRANSPORT_MODE", "mqtt"));

    assertThat(config.plaza().url()).isEqualTo("tls://broker.example:8883");
    assertThat(config.plaza().user()).isEqualTo("ann");
    assertThat(config.plaza().password()).isEqualTo("secret");
    assertThat(config.identity().name()).contains("lisa");
    assertThat(config.web().host()).isEqualTo("0.0.0.0");
    assertThat(config.web().port()).isEqualTo(8080);
    assertThat(config.memory().mode()).isEqualTo(MemoryMode.SHORT);
    assertThat(config.memory().maxEvents()).isEqualTo(12_345);
    assertThat(config.transport()).isEqualTo(Transport.MQTT);
  }

  @ParameterizedTest
  @CsvSource({
    "broker.example:1883, tcp://broker.example:1883",
    "mqtt://broker.example, mqtt://broker.example"
  })
  void broker_of_the_reference_needs_no_scheme(String given, String url) {
    assertThat(valid("{}", Map.of("MQTT_HOST", given)).plaza().url()).isEqualTo(url);
  }

  @Test
  void our_variable_wins_over_that_of_the_reference() {
    Map<String, String> both = Map.of("MEMORY_MODE", "short", "NARA_MEMORY_MODE", "hog");

    assertThat(valid("{}", both).memory().mode()).isEqualTo(MemoryMode.HOG);
  }

  @Test
  void empty_variable_counts_as_not_set() {
    Map<String, String> empty =
        Map.of("NARA_MESH_PORT", "", "MQTT_HOST", "", "LEDGER_CAPACITY", "0");

    assertThat(read("{}", empty).variables()).isEmpty();
    assertThat(valid("{}", empty).memory().maxEvents()).isEqualTo(80_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NARA_MESH_PORT       | 99999      | mesh.port (from NARA_MESH_PORT): \"99999\" is not a"
            + " port",
        "NARA_MESH_GZIP       | yes        | mesh.gzip (from NARA_MESH_GZIP): \"yes\" is not true"
            + " or",
        "NARA_DISCOVERY_PEERS | a b        | discovery.peers (from NARA_DISCOVERY_PEERS)[0]: \"a"
            + " b\"",
        "NARA_LOG_LEVEL       | debug      | log.level (from NARA_LOG_LEVEL): \"debug\" is not an"
            + " object",
        "LEDGER_CAPACITY      | 1,\"x\":2  | memory.max_events (from LEDGER_CAPACITY): ",
        "HTTP_ADDR            | nonsense   | web.port (from HTTP_ADDR): \"nonsense\" is not a port",
      })
  void invalid_value_is_named_with_its_variable(String variable, String value, String sentence) {
    assertThat(read("{}", Map.of(variable, value)).problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .startsWith(sentence);
  }

  @Test
  void invalid_secret_is_not_shown() {
    assertThat(read("{}", Map.of("NARA_IDENTITY_SOUL", "hunter2")).problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .doesNotContain("hunter2")
        .contains("NARA_IDENTITY_SOUL");
  }

  @Test
  void mistyped_variable_is_warned_of() {
    assertThat(
            read("{}", Map.of("NARA_MESH_PROT", "1", "NARA_JAVA_OPTS", "-Xmx1g", "HOME", "/"))
                .warnings())
        .containsExactly(
            "the environment variable NARA_MESH_PROT sets no key; did you mean NARA_MESH_PORT?");
  }

  @Test
  void soul_file_of_a_variable_is_taken(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("soul");
    SoulFile.create(file, BARTS);

    NodeConfig config = valid("{}", Map.of("NARA_IDENTITY_SOUL_FILE", file.toString()));

    assertThat(config.identity().soul()).contains(BARTS);
  }

  @Test
  void problem_inside_a_variable_names_no_line_of_the_file() {
    assertThat(read("{\n}", Map.of("NARA_TRUST_KEYS", "{\"bob\": \"x\"}")).problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .startsWith("trust.keys (from NARA_TRUST_KEYS).bob: ");
  }

  @Test
  void problem_of_several_keys_names_the_variable() {
    assertThat(read("{\n}", Map.of("TRANSPORT_MODE", "mqtt")).problems())
        .extracting(ConfigProblem::sentence)
        .containsExactly("transport (from TRANSPORT_MODE): \"mqtt\" needs a broker: set plaza.url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"1.2.3.4\"", "[", "{\"address\": \"1.2.3.4\"", "[\"a\", b]"})
  void broken_json_in_a_variable_is_no_list_of_peers(String text) {
    assertThat(read("{}", Map.of("NARA_DISCOVERY_PEERS", text)).problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .startsWith("discovery.peers (from NARA_DISCOVERY_PEERS): ")
        .contains(" is not a list, each a peer");
  }

  @Test
  void address_in_brackets_in_a_variable_is_a_peer() {
    assertThat(
            valid("{}", Map.of("NARA_DISCOVERY_PEERS", "[::1]:7433, [fd00::2]"))
                .discovery()
                .peers())
        .hasSize(2);
  }
}
