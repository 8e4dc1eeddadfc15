package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import nara.bus.Scheduler;
import nara.cli.output.CommandLineRun;
import nara.identity.Identity;
import nara.testing.Citizen;
import nara.testing.TestNode;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports a backup into a running node. */
class ImportClientIT {
  private static final Path CORPUS = Path.of("src/test/resources/vectors/corpus.jsonl.gz");

  @TempDir private Path folder;

  @Test
  void repeated_import_adds_events_once() throws IOException {
    try (TestNode lisa = node()) {
      JsonNode first = imported(lisa);
      JsonNode again = imported(lisa);

      assertThat(first.get("sent").asInt()).isGreaterThan(2_000);
      assertThat(first.get("imported").asInt()).isGreaterThan(2_000);
      assertThat(first.get("warnings").asInt()).as("bad ones are in the corpus").isPositive();
      assertThat(again.get("imported").asInt()).isZero();
      Path out = Files.write(folder.resolve("out.jsonl"), new TreeSet<>(lisa.heldEvents()));
      assertThat(CommandLineRun.of("ledger", "stats", out, "--json").code()).isZero();
      assertThat(lisa.heldEvents()).hasSizeGreaterThanOrEqualTo(first.get("imported").asInt() - 1);
    }
  }

  @Test
  void node_rejects_import_of_another_owner() throws IOException {
    try (TestNode lisa = node()) {
      CommandLineRun run = restore(lisa.address(), Citizen.named("bart").identity());

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("rejects the import").contains("verification failed");
      assertThat(lisa.heldCorpus()).isEmpty();
    }
  }

  @Test
  void import_reports_missing_arguments() throws IOException {
    CommandLineRun nobody = restore("127.0.0.1:1", Citizen.named("lisa").identity());
    CommandLineRun unsigned = CommandLineRun.of("ledger", "import", "--to", "a:1", CORPUS);
    CommandLineRun nothing = CommandLineRun.of("ledger", "import", folder.resolve("l.jsonl"));

    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.err())
        .contains("127.0.0.1:1 cannot be reached: no connection: Connection refused");
    assertThat(unsigned.code()).isEqualTo(2);
    assertThat(unsigned.err()).contains("--to needs --config");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("the files to import are missing");
  }

  private JsonNode imported(TestNode into) throws IOException {
    CommandLineRun run = restore(into.address(), into.node().identity());
    assertThat(run.code()).as(run.err()).isZero();
    return Vectors.parse(run.out());
  }

  private CommandLineRun restore(String address, Identity owner) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            "{\"identity\": {\"name\": \"%s\", \"soul\": \"%s\"}}"
                .formatted(owner.name(), owner.soul().encoded()));
    return CommandLineRun.of(
        "ledger", "import", "--to", address, "--config", config, CORPUS, "--json");
  }

  private static TestNode node() {
    return TestNode.start(
        "lisa", List.of(), config -> config, progressed -> {}, Scheduler.of(CommandLineRun.CLOCK));
  }
}
