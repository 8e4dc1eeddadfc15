package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import nara.cli.output.CommandLineRun;
import nara.event.Observation;
import nara.identity.Soul;
import nara.testing.Citizen;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCommandTest {
  private static final Path CORPUS = Path.of("src/test/resources/vectors/corpus.jsonl.gz");

  @TempDir Path folder;

  @Test
  void query_returns_recorded_ids_when_lines_are_shuffled() throws IOException {
    JsonNode recorded = Vectors.json("queries.json");
    List<String> events = texts(recorded.get("events_in_order_of_insertion"));
    Collections.shuffle(events, new Random(3));
    Path file = file("queries.jsonl", events);
    for (JsonNode q : recorded.get("queries")) {
      List<String> args = new ArrayList<>(List.of("ledger", "query", file.toString(), "--json"));
      texts(q.get("services")).forEach(s -> args.addAll(List.of("--service", s)));
      texts(q.get("subjects")).forEach(s -> args.addAll(List.of("--subject", s)));
      switch (q.get("mode").asText()) {
        case "recent" -> {
          args.addAll(List.of("--mode", "recent", "--limit", q.get("limit").asText()));
          assertThat(json(args).get("ids")).isEqualTo(q.get("ids"));
        }
        case "" -> {
          args.addAll(List.of("--mode", "slice", "--since", q.get("since_time").asText()));
          args.addAll(List.of("--slice-index", q.get("slice_index").asText()));
          args.addAll(List.of("--slice-total", q.get("slice_total").asText()));
          args.addAll(List.of("--limit", q.get("max_events").asText()));
          assertThat(json(args).get("ids")).isEqualTo(q.get("ids"));
        }
        case "page" -> {
          args.addAll(List.of("--mode", "page", "--page-size", q.get("page_size").asText()));
          for (JsonNode page : q.get("pages")) {
            List<String> pageArgs = new ArrayList<>(args);
            if (!page.get("cursor").asText().isEmpty()) {
              pageArgs.addAll(List.of("--cursor", page.get("cursor").asText()));
            }
            JsonNode response = json(pageArgs);
            assertThat(response.get("ids")).isEqualTo(page.get("ids"));
            assertThat(response.path("next_cursor").asText())
                .isEqualTo(page.get("next_cursor").asText());
          }
        }
        default -> assertThat(q.get("mode").asText()).isEqualTo("sample");
      }
    }
  }

  @Test
  void subject_prints_recorded_values() throws IOException {
    JsonNode recorded = Vectors.json("derived.json");
    Path file = file("derived.jsonl", texts(recorded.get("events")));
    for (JsonNode s : recorded.get("subjects")) {
      JsonNode shown =
          json(
              List.of(
                  "ledger",
                  "subject",
                  file.toString(),
                  s.get("subject").asText(),
                  "--at",
                  recorded.get("computed_at_s").asText(),
                  "--json"));
      for (String field :
          List.of(
              "restarts", "total_uptime_s", "first_seen_s", "latest_checkpoint_id", "opinion")) {
        assertThat(shown.get(field)).as(field).isEqualTo(s.get(field));
      }
    }
  }

  @Test
  void stats_count_lines_and_kept_events() throws IOException {
    List<String> lines = new ArrayList<>(Vectors.gzippedLines("corpus.jsonl.gz").subList(0, 20));
    lines.add(lines.getFirst());
    lines.add("no event");
    Path file = file("some.jsonl", lines);

    CommandLineRun run = CommandLineRun.of("ledger", "stats", file, "--json");
    JsonNode stats = Vectors.parse(run.out());

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("1 line without a valid event", "line 22");
    assertThat(stats.get("lines").asInt()).isEqualTo(22);
    assertThat(stats.get("duplicate").asInt()).isEqualTo(1);
    assertThat(stats.get("not_events").asInt()).isEqualTo(1);
    assertThat(stats.get("total").asInt() + stats.get("dropped").asInt()).isEqualTo(20);
    int sum = 0;
    for (JsonNode count : stats.get("by_service")) {
      sum += count.asInt();
    }
    assertThat(sum).isEqualTo(stats.get("total").asInt());
    assertThat(CommandLineRun.of("ledger", "stats", file).out()).contains("events", "critical");
  }

  @Test
  void policy_refuses_events_when_keys_are_given() {
    int unverified = total(CORPUS);
    CommandLineRun verified =
        CommandLineRun.of(
            "ledger",
            "stats",
            CORPUS,
            "--keys",
            "src/test/resources/vectors/corpus.json",
            "--json");
    assertThat(Vectors.parse(verified.out()).get("total").asInt()).isLessThan(unverified);
    assertThat(verified.err()).contains("the policy refuses 19 events: bad_signature");
  }

  @Test
  void export_keeps_bytes_and_reads_back_as_same_ledger() throws IOException {
    Path out = folder.resolve("out.jsonl.gz");
    assertThat(CommandLineRun.of("ledger", "export", CORPUS, "--out", out).code()).isZero();
    CommandLineRun printed = CommandLineRun.of("ledger", "export", CORPUS);

    assertThat(printed.lines()).hasSize(total(CORPUS));
    assertThat(Vectors.gzippedLines("corpus.jsonl.gz")).containsAll(printed.lines());
    assertThat(CommandLineRun.of("ledger", "export", out).out()).isEqualTo(printed.out());
    List<Long> times =
        printed.lines().stream().map(line -> Vectors.parse(line).get("ts").asLong()).toList();
    assertThat(times).isSorted();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(out);
    }
  }

  @Test
  void repeated_import_adds_events_once() throws IOException {
    List<String> lines = Vectors.gzippedLines("corpus.jsonl.gz");
    Path ledger = folder.resolve("ledger.jsonl");
    Path first = file("first.jsonl", lines.subList(0, 2_000));
    Path second = file("second.jsonl", lines.subList(1_000, 3_000));

    assertThat(CommandLineRun.of("ledger", "import", ledger, first).code()).isZero();
    CommandLineRun again = CommandLineRun.of("ledger", "import", ledger, second, first, "--json");

    assertThat(again.code()).as(again.err()).isZero();
    assertThat(CommandLineRun.of("ledger", "export", ledger).out())
        .isEqualTo(CommandLineRun.of("ledger", "export", CORPUS).out());
    assertThat(Vectors.parse(again.out()).get("total").asInt()).isEqualTo(total(CORPUS));
  }

  @Test
  void snapshot_and_soul_stay_when_named_as_result() throws IOException {
    Path snapshot = folder.resolve("ledger.gz");
    String key = "[\"nara:snapshot:v1\",\"2026-11-29T11:23:17Z\"]\n[\"key\",\"bart\"]\n";
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(snapshot))) {
      out.write(key.getBytes(StandardCharsets.UTF_8));
    }
    Path soul =
        Files.writeString(
            folder.resolve("lisa.soul"), Soul.generate("lisa", new Random(1)).encoded() + '\n');

    for (Path kept : List.of(snapshot, soul)) {
      byte[] before = Files.readAllBytes(kept);
      for (List<Object> args :
          List.<List<Object>>of(
              List.of("ledger", "import", kept, CORPUS),
              List.of("ledger", "export", CORPUS, "--out", kept),
              List.of("recover", "--peer", "127.0.0.1:1", "--out", kept),
              List.of("recover", "--peer", "127.0.0.1:1", "--report", kept),
              List.of("config", "init", "--force", kept))) {
        CommandLineRun run = CommandLineRun.of(args.toArray());
        assertThat(run.code()).as(args + run.err()).isEqualTo(2);
        assertThat(run.err())
            .startsWith(
                "nara: %s %s"
                    .formatted(
                        kept,
                        kept.equals(soul)
                            ? "holds the soul of a nara, and is never overwritten"
                            : "is the snapshot of a node, and stays; write to another file"));
        assertThat(Files.readAllBytes(kept)).isEqualTo(before);
      }
    }
  }

  @Test
  void unwritable_file_is_rejected_with_reason() {
    CommandLineRun run =
        CommandLineRun.of("ledger", "export", CORPUS, "--out", folder.resolve("no/such/file"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("its directory does not exist");
  }

  @Test
  void query_is_rejected_when_limit_or_service_is_invalid() {
    for (String options :
        List.of(
            "--mode page --page-size 0",
            "--mode page --page-size 5001",
            "--mode recent --limit -1",
            "--mode slice --slice-index 3 --slice-total 3",
            "--mode recent --service sociable")) {
      List<Object> args = new ArrayList<>(List.of("ledger", "query", CORPUS));
      args.addAll(Arrays.asList(options.split(" ")));
      assertThat(CommandLineRun.of(args.toArray()).code()).as(options).isEqualTo(2);
    }
  }

  @Test
  void file_without_any_event_is_an_error() throws IOException {
    Path junk = Files.writeString(folder.resolve("junk"), "one\ntwo\n");
    Path ledger = folder.resolve("new.jsonl");

    CommandLineRun stats = CommandLineRun.of("ledger", "stats", junk);
    CommandLineRun restore = CommandLineRun.of("ledger", "import", ledger, junk);

    Path config = Files.writeString(folder.resolve("node.json"), "{}");
    CommandLineRun sending =
        CommandLineRun.of("ledger", "import", "--to", "127.0.0.1:1", "--config", config, junk);

    assertThat(List.of(stats.code(), restore.code(), sending.code())).containsOnly(2);
    assertThat(sending.err()).contains(junk + " holds no event");
    assertThat(restore.err()).contains(junk + " holds no event; the first fault is line 1 of ");
    assertThat(ledger).doesNotExist();
  }

  @Test
  void subject_is_unknown_when_no_event_mentions_it() {
    CommandLineRun run = CommandLineRun.of("ledger", "subject", CORPUS, "nobody", "--json");
    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("mentions nobody");
    assertThat(Vectors.parse(run.out()).get("status").asText()).isEqualTo("UNKNOWN");
  }

  @Test
  void times_of_a_subject_are_dates_for_people() throws IOException {
    Observation restart =
        new Observation(
            "lisa",
            "",
            "bart",
            "",
            Observation.RESTART,
            3,
            false,
            1_700_000_000,
            1,
            1_700_000_000,
            "",
            "",
            0);
    byte[] event = Citizen.named("lisa").signed(1_700_000_000_000_000_000L, restart);
    Path file = file("one.jsonl", List.of(new String(event, StandardCharsets.UTF_8)));

    assertThat(CommandLineRun.of("ledger", "subject", file, "bart").out())
        .contains("opinion            start 1700000000 (2023-11-14T22:13:20Z), ");
    assertThat(CommandLineRun.of("ledger", "subject", file, "nobody").out())
        .contains("first seen         unknown");
  }

  private static int total(Path file) {
    return json(List.of("ledger", "stats", file.toString(), "--json")).get("total").asInt();
  }

  private static JsonNode json(List<String> args) {
    CommandLineRun run = CommandLineRun.of(args.toArray());
    assertThat(run.code()).as("%s: %s", args, run.err()).isZero();
    return Vectors.parse(run.out());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private Path file(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }
}
