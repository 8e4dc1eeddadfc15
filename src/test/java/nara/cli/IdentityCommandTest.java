package nara.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import nara.cli.output.CommandLineRun;
import nara.testing.Citizen;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityCommandTest {
  @Test
  void recorded_souls_get_recorded_ids_keys_and_bonds() {
    JsonNode recorded = Vectors.json("identity.json");
    for (String kind : new String[] {"custom_souls", "generated_souls"}) {
      for (JsonNode s : recorded.get(kind)) {
        JsonNode shown = json("--name", s.get("name").asText(), "--soul", s.get("soul").asText());
        assertThat(shown.get("id")).isEqualTo(s.get("id"));
        if (s.has("public_key")) {
          assertThat(shown.get("public_key")).isEqualTo(s.get("public_key"));
        }
        assertThat(shown.get("soul")).isEqualTo(s.get("soul"));
        assertThat(shown.get("bond").asBoolean()).isTrue();
      }
    }
    for (JsonNode p : recorded.get("personalities")) {
      JsonNode shown = json("--name", "somebody", "--soul", p.get("soul").asText());
      assertThat(shown.get("bond").asBoolean()).isFalse();
      for (String trait : new String[] {"agreeableness", "sociability", "chill"}) {
        assertThat(shown.at("/personality/" + trait)).isEqualTo(p.get(trait));
      }
    }
  }

  @Test
  void soul_is_generated_when_none_is_given() {
    JsonNode first = json("--name", "lisa");
    JsonNode second = json("--name", "lisa");
    assertThat(first.get("name").asText()).isEqualTo("lisa");
    assertThat(first.get("bond").asBoolean()).isTrue();
    assertThat(first.get("soul")).isNotEqualTo(second.get("soul"));
    assertThat(json("--name", "lisa", "--soul", first.get("soul").asText())).isEqualTo(first);
  }

  @Test
  void name_is_generated_and_bonded_when_none_is_given() {
    JsonNode drawn = json();
    assertThat(drawn.get("name").asText()).matches("[a-z]+-[a-z]+-\\d{3}");
    assertThat(drawn.get("bond").asBoolean()).isTrue();
    assertThat(json("--soul", drawn.get("soul").asText())).isEqualTo(drawn);
  }

  @Test
  void generic_name_is_kept_when_given() {
    assertThat(json("--name", "my-nara").get("name").asText()).isEqualTo("my-nara");
  }

  @Test
  void identity_is_printed_as_lines_without_json_option() {
    CommandLineRun run =
        CommandLineRun.of(
            "identity",
            "--name",
            "lisa\u001b[31m",
            "--soul",
            Citizen.named("lisa").identity().soul().encoded());
    assertThat(run.code()).isZero();
    assertThat(run.lines()).hasSize(6);
    assertThat(run.lines().getFirst()).isEqualTo("name         lisa\\u001b[31m");
  }

  @Test
  void identity_of_soul_file_and_configuration_is_shown(@TempDir Path folder) throws IOException {
    Path soul = folder.resolve("lisa.soul");
    JsonNode made =
        Vectors.parse(
            CommandLineRun.of("identity", "--name", "lisa", "--write", soul, "--json").out());
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            "{\"identity\": {\"name\": \"lisa\", \"soul_file\": \"lisa.soul\"}}");

    assertThat(made.has("soul")).as("the soul is in the file only").isFalse();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(soul)))
        .isEqualTo("rw-------");
    assertThat(json("--name", "lisa", "--soul-file", soul.toString()).get("id"))
        .isEqualTo(made.get("id"));
    assertThat(json("--config", config.toString()).get("id")).isEqualTo(made.get("id"));
    CommandLineRun again = CommandLineRun.of("identity", "--write", soul);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("exists already; a soul is never overwritten");
  }

  @Test
  void native_identity_is_stable() {
    JsonNode first = json("--native", "--name", "lisa");
    assertThat(json("--native", "--name", "lisa")).isEqualTo(first);
    assertThat(first.get("bond").asBoolean()).isTrue();
  }

  @Test
  void two_sources_of_a_soul_are_refused() {
    CommandLineRun run = CommandLineRun.of("identity", "--native", "--soul", "x");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("give one of --soul, --soul-file, --config and --native");
  }

  @Test
  void soul_of_the_environment_is_shown() throws Exception {
    String soul = Citizen.named("lisa").identity().soul().encoded();
    ProcessBuilder builder = MainProcess.of("identity", "--name", "lisa", "--json");
    builder.environment().put("NARA_SOUL", soul + "\n");
    Process process = builder.start();

    JsonNode shown = Vectors.parse(new String(process.getInputStream().readAllBytes(), UTF_8));
    assertThat(shown.get("soul").asText()).isEqualTo(soul);
  }

  @Test
  void soul_is_not_generated_for_invalid_name() {
    for (String name : new String[] {"a/b", "a+b", "#", " ", "lisa\u0007", "x".repeat(129)}) {
      CommandLineRun run = CommandLineRun.of("identity", "--name", name);
      assertThat(run.code()).as(name).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("identity.name takes a name (1 to 128 characters");
    }
  }

  @Test
  void broken_soul_is_rejected_and_not_printed() {
    CommandLineRun run = CommandLineRun.of("identity", "--name", "x", "--soul", "notasoul");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("40 bytes in Base58").doesNotContain("notasoul");
  }

  private static JsonNode json(Object... options) {
    Object[] args = new Object[options.length + 2];
    args[0] = "identity";
    args[1] = "--json";
    System.arraycopy(options, 0, args, 2, options.length);
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.code()).as(run.err()).isZero();
    return Vectors.parse(run.out());
  }
}
