package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import nara.cli.file.EventFileReader;
import nara.cli.output.CommandLineRun;
import nara.demo.Corpus;
import nara.identity.Identity;
import nara.ledger.Query;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.ScriptedPeer;
import nara.testing.SocksServer;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports the events of a running node over the mesh. */
class ExportClientIT {
  private static final int EVENTS = 5_000;
  private static final List<byte[]> CORPUS = Corpus.generate(EVENTS, 20, 1, Instant.now()).events();

  @TempDir private Path folder;
  private Path config;

  @BeforeEach
  void writeConfig() throws IOException {
    config = configOf(Citizen.named("maggie").identity(), "");
  }

  @Test
  void export_writes_the_events_of_a_node_byte_for_byte() throws IOException {
    try (TestNode lisa = TestNode.holding("lisa", CORPUS)) {
      Path out = folder.resolve("out.jsonl");

      CommandLineRun toFile = export(lisa.address(), "--out", out);
      CommandLineRun toStdout = export("lisa@" + lisa.address());

      assertThat(toFile.code()).as(toFile.err()).isZero();
      assertThat(toFile.err()).contains(" events from lisa at " + lisa.address());
      assertThat(toFile.out()).isEmpty();
      Set<String> held = lisa.heldEvents();
      assertThat(new TreeSet<>(Files.readAllLines(out)).equals(held)).isTrue();
      assertThat(Files.readAllLines(out)).doesNotHaveDuplicates();
      assertThat(new TreeSet<>(toStdout.lines()).equals(held)).isTrue();
      assertThat(folder.resolve("partial-out.jsonl")).doesNotExist();

      Path zipped = folder.resolve("out.jsonl.gz");
      assertThat(export(lisa.address(), "--out", zipped).code()).isZero();
      assertThat(EventFileReader.count(zipped)).isEqualTo(held.size());
    }
  }

  @Test
  void known_events_are_skipped_by_a_file_of_events_or_of_ids() throws IOException {
    try (TestNode lisa = TestNode.holding("lisa", CORPUS)) {
      List<String> held = new ArrayList<>(lisa.heldEvents());
      Path events = Files.write(folder.resolve("known.jsonl"), held.subList(0, 3_000));
      Path ids =
          Files.write(
              folder.resolve("ids.txt"),
              held.subList(0, 4_000).stream().map(event -> event.substring(7, 39)).toList());

      CommandLineRun afterEvents = export(lisa.address(), "--skip-ids", events);
      CommandLineRun afterIds = export(lisa.address(), "--skip-ids", ids);
      CommandLineRun first = export(lisa.address(), "--skip-ids", folder.resolve("missing"));

      assertThat(afterEvents.code()).isZero();
      assertThat(afterEvents.err()).contains("; skipped 3,000");
      assertThat(new TreeSet<>(afterEvents.lines()))
          .isEqualTo(new TreeSet<>(held.subList(3_000, held.size())));
      assertThat(afterIds.lines()).hasSize(held.size() - 4_000);
      assertThat(first.lines()).hasSize(held.size());
      assertThat(first.err()).contains("missing does not exist yet");
    }
  }

  @Test
  void id_in_the_known_file_counts_only_when_it_is_the_hash_of_the_content() throws IOException {
    String honest = text(CORPUS.get(0));
    String forged = honest.replaceFirst("\"ts\":\\d", "\"ts\":2");
    Path known = Files.write(folder.resolve("known.jsonl"), List.of(forged));
    try (ScriptedPeer bart = new ScriptedPeer("bart", CORPUS.subList(0, 10))) {
      assertThat(export(bart.configuredPeer(), "--skip-ids", known).lines()).contains(honest);
    }
  }

  @Test
  void node_that_is_cut_off_leaves_what_was_read() throws IOException {
    Path out = folder.resolve("out.jsonl");
    AtomicInteger pages = new AtomicInteger();
    try (ScriptedPeer bart =
        new ScriptedPeer("bart", CORPUS).refusing(query -> pages.incrementAndGet() > 2)) {
      CommandLineRun run = export(bart.configuredPeer(), "--out", out, "--json");

      assertThat(run.code()).isEqualTo(ExitCode.PARTIAL);
      assertThat(run.err()).contains("these are not all events of the node: answers 404");
      assertThat(run.out()).contains("\"complete\" : false", "\"total\" : 3999");
      assertThat(Files.readAllLines(out)).hasSize(3_999).allMatch(bart.texts()::contains);
    }
  }

  @Test
  void worse_result_does_not_replace_a_file() throws IOException {
    Path out = Files.write(folder.resolve("out.jsonl"), texts(CORPUS.subList(0, 200)));
    CommandLineRun absent = export("127.0.0.1:1", "--out", out);
    assertThat(absent.code()).isEqualTo(ExitCode.ISOLATED);
    assertThat(absent.err())
        .contains("the node sent no events: connection refused")
        .contains("kept the existing " + out);
    try (ScriptedPeer bart = new ScriptedPeer("bart", CORPUS.subList(0, 100))) {
      CommandLineRun fewer = export(bart.configuredPeer(), "--out", out);
      assertThat(fewer.code()).isEqualTo(ExitCode.KEPT);
      assertThat(fewer.err()).contains("it has 200 events and the result only 100");
      assertThat(Files.readAllLines(out)).hasSize(200);
      assertThat(Files.readAllLines(folder.resolve("partial-out.jsonl"))).hasSize(100);

      export("127.0.0.1:1", "--out", out);
      assertThat(folder.resolve("partial-out.jsonl")).exists();
      export(bart.configuredPeer(), "--out", out, "--force");
      assertThat(Files.readAllLines(out)).hasSize(100);
    }
  }

  @Test
  void events_of_one_time_are_all_read_from_a_peer_that_divides_them() throws IOException {
    long ts = 1_768_800_000_000_000_000L;
    Citizen nelson = Citizen.named("nelson");
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      // Groups of four hundred at one time: the ends of pages are within groups.
      events.add(nelson.tease(ts + i / 400, "t" + i));
    }
    Collections.shuffle(events, new java.util.Random(5));
    try (ScriptedPeer bart = new ScriptedPeer("bart", events)) {
      CommandLineRun run = export(bart.configuredPeer());

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.lines()).hasSize(6_000).doesNotHaveDuplicates();
    }
  }

  @Test
  void more_events_of_one_time_than_a_page_holds_make_the_export_partial() {
    Citizen nelson = Citizen.named("nelson");
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < Query.MAX_EVENTS + 10; i++) {
      events.add(nelson.tease(1_768_800_000_000_000_000L, "t" + i));
    }
    events.add(nelson.tease(1_768_800_000_000_000_001L, "last"));
    try (ScriptedPeer bart = new ScriptedPeer("bart", events)) {
      CommandLineRun run = export(bart.configuredPeer());

      assertThat(run.code()).isEqualTo(ExitCode.PARTIAL);
      assertThat(run.err()).contains("more events of one time than a page holds");
      assertThat(run.out()).contains("\"last\"");
    }
  }

  @Test
  void answer_that_another_nara_signed_is_refused() {
    try (TestNode lisa = TestNode.holding("lisa", CORPUS.subList(0, 50));
        TestNode bart = TestNode.holding("bart", CORPUS.subList(50, 60));
        FaultyPeer forger = FaultyPeer.proxying(lisa.address())) {
      forger.redirectingTo(body -> body.isEmpty() ? "" : bart.address());

      CommandLineRun run = export(forger.address());

      assertThat(run.code()).isEqualTo(ExitCode.ISOLATED);
      assertThat(run.err()).contains("the node sent no events", "lisa");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void export_ends_when_its_reader_has_closed_the_output() {
    AtomicInteger pages = new AtomicInteger();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (ScriptedPeer bart =
        new ScriptedPeer("bart", CORPUS).refusing(query -> pages.incrementAndGet() > 1)) {
      CommandLineRun run =
          CommandLineRun.now(
              closed, "ledger", "export", "--from", bart.configuredPeer(), "--config", config);

      assertThat(run.code()).isEqualTo(ExitCode.PARTIAL);
      assertThat(run.err()).contains("the reader of the output has closed it");
    }
  }

  @Test
  void export_goes_through_the_proxy() throws IOException {
    try (TestNode lisa = TestNode.holding("lisa", CORPUS.subList(0, 50));
        SocksServer proxy = SocksServer.open()) {
      proxy.connect("100.64.0.1:7433", lisa.address());
      config =
          configOf(
              Citizen.named("maggie").identity(),
              ", \"mesh\": {\"proxy\": \"%s\"}".formatted(proxy.url()));

      assertThat(export("100.64.0.1:7433").lines()).hasSize(lisa.heldEvents().size());
    }
  }

  @Test
  void wrong_use_is_told() throws IOException {
    Path file = Files.write(folder.resolve("f.jsonl"), texts(CORPUS.subList(0, 2)));

    assertThat(CommandLineRun.of("ledger", "export", "--from", "a:1").err())
        .contains("--from needs --config");
    assertThat(CommandLineRun.of("ledger", "export").err())
        .contains("the file to export is missing");
    assertThat(CommandLineRun.of("ledger", "export", file, "--skip-ids", file).err())
        .contains("need --from");
    assertThat(export("a:1", file).err()).contains("--from takes no file");
    assertThat(export("a:b").err()).contains("--from: expected [NAME@]HOST:PORT, got \"a:b\"");
    Path notes = Files.writeString(folder.resolve("notes"), "one\ntwo\n");
    assertThat(export("127.0.0.1:1", "--skip-ids", notes).err())
        .contains("--skip-ids: " + notes + " holds neither events nor ids");
    assertThat(export("a:1", "--out", file, "--skip-ids", file).err())
        .contains("--skip-ids " + file + " >> " + file);
    assertThat(export("127.0.0.1:1", "--out", folder.resolve("none/x")).code()).isEqualTo(2);
  }

  private CommandLineRun export(String node, Object... more) {
    List<Object> args = new ArrayList<>(List.of("ledger", "export", "--from", node));
    args.addAll(List.of("--config", config));
    args.addAll(List.of(more));
    return CommandLineRun.now(args.toArray());
  }

  private Path configOf(Identity me, String more) throws IOException {
    return Files.writeString(
        folder.resolve("node.json"),
        "{\"identity\": {\"name\": \"%s\", \"soul\": \"%s\"}%s}"
            .formatted(me.name(), me.soul().encoded(), more));
  }

  private static List<String> texts(List<byte[]> events) {
    return events.stream().map(ExportClientIT::text).toList();
  }

  private static String text(byte[] event) {
    return new String(event, StandardCharsets.UTF_8);
  }
}
