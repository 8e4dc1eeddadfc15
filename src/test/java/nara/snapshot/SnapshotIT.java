package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import nara.demo.Corpus;
import nara.identity.Keyring;
import nara.node.NodeStartException;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes that restart from a snapshot, without neighbours. */
class SnapshotIT {
  private static Corpus corpus;

  @TempDir private Path folder;
  private Path file;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.generate(5_000, 20, 7, Instant.now());
  }

  @BeforeEach
  void name() {
    file = folder.resolve("ledger.jsonl.gz");
  }

  @Test
  void restart_restores_ledger_and_keys_without_verification() {
    Set<String> held;
    List<String> keys;
    try (TestNode lisa = start("lisa", corpus.events())) {
      held = lisa.heldCorpus();
      keys = keys(lisa);
      assertThat(held).isEqualTo(texts(corpus.events()));
      assertThat(stage(lisa).outcome()).isEqualTo("skipped");
    }
    try (TestNode again = start("lisa", List.of())) {
      assertThat(again.heldCorpus()).isEqualTo(held);
      assertThat(keys(again)).isEqualTo(keys);
      assertThat(stage(again).outcome()).isEqualTo("complete");
      assertThat(stage(again).reason())
          .contains("without verifying its valid events again", "read=5002");
      assertThat(again.report().outcome()).isEqualTo("isolated");
      // The first run added an announcement and a goodbye, this run an announcement.
      assertThat(again.report().ledgerTotals().total()).isEqualTo(held.size() + 3);
      assertThat(again.report().eventTotals().verdicts()).isEmpty();
    }
  }

  @Test
  void broken_seal_is_reported_without_changing_the_outcome() throws IOException {
    Set<String> held;
    try (TestNode lisa = start("lisa", corpus.events())) {
      held = lisa.heldCorpus();
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    try (TestNode bart = start("bart", List.of());
        TestNode lisa =
            TestNode.start(
                "lisa",
                List.of(),
                TestNode.withPeers(bart.configuredPeer())
                        .andThen(config -> remembering(folder.resolve("none.gz")).apply(config))
                    ::apply,
                progressed -> {})) {
      assertThat(bart.heldCorpus()).isEqualTo(held);
      assertThat(stage(bart).outcome()).isEqualTo("partial");
      assertThat(stage(bart).reason()).contains("Verified all events of the snapshot again");
      assertThat(lisa.report().outcome()).isEqualTo("complete");
      assertThat(lisa.heldCorpus()).isEqualTo(held);
    }
    // The node has sealed the file again.
    try (TestNode bart = start("bart", List.of())) {
      assertThat(stage(bart).outcome()).isEqualTo("complete");
      assertThat(bart.heldCorpus()).isEqualTo(held);
    }
    assertThat(file.resolveSibling(file.getFileName() + ".unsealed")).exists();
  }

  @Test
  void two_nodes_cannot_have_one_snapshot() {
    try (TestNode lisa = start("lisa", List.of())) {
      assertThat(lisa.heldCorpus()).isEmpty();
      assertThatThrownBy(() -> start("bart", List.of()))
          .isInstanceOf(NodeStartException.class)
          .hasMessage(
              "memory.snapshot: another node uses %s; stop it, or give each node a file of its own"
                  .formatted(file));
    }
    start("bart", List.of()).close();
  }

  @Test
  void failed_start_keeps_the_snapshot() throws IOException {
    Set<String> held;
    try (TestNode lisa = start("lisa", corpus.events())) {
      held = lisa.heldCorpus();
    }
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      UnaryOperator<NodeConfig> there =
          config -> config.with(config.mesh().listeningOn("127.0.0.1", taken.getLocalPort()));
      assertThatThrownBy(
              () ->
                  TestNode.start(
                      "lisa", List.of(), remembering(file).andThen(there)::apply, progressed -> {}))
          .isInstanceOf(NodeStartException.class);
    }
    try (TestNode lisa = start("lisa", List.of())) {
      assertThat(stage(lisa).outcome()).isEqualTo("complete");
      assertThat(lisa.heldCorpus()).isEqualTo(held);
    }
  }

  private TestNode start(String name, List<byte[]> events) {
    return TestNode.start(name, events, remembering(file), progressed -> {});
  }

  private static UnaryOperator<NodeConfig> remembering(Path file) {
    SnapshotConfig snapshot = new SnapshotConfig(file, Duration.ofHours(1));
    return config ->
        config.with(
            new NodeConfig.MemoryConfig(
                config.memory().mode(),
                config.memory().maxEvents(),
                config.memory().maxBytes(),
                Optional.of(snapshot)));
  }

  private static Report.StageReport stage(TestNode node) {
    Report.StageReport first = node.report().stageReports().getFirst();
    assertThat(first.name()).isEqualTo("snapshot");
    assertThat(first.startedMs() + first.durationMs())
        .as("it ended before the recovery began")
        .isLessThanOrEqualTo(0);
    return first;
  }

  private static List<String> keys(TestNode node) {
    List<String> keys = new ArrayList<>();
    for (Keyring.KeyEntry entry : node.node().keys().entries()) {
      keys.add(entry.name() + ' ' + entry.id() + ' ' + entry.key());
    }
    return keys;
  }

  private static Set<String> texts(List<byte[]> events) {
    Set<String> texts = new TreeSet<>();
    events.forEach(event -> texts.add(new String(event, StandardCharsets.UTF_8)));
    return texts;
  }
}
