package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import nara.cli.output.CommandLineRun;
import nara.event.Event;
import nara.event.EventLimits;
import nara.event.HeyThere;
import nara.event.Service;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");
  private static final Path CORPUS = VECTORS.resolve("corpus.jsonl.gz");
  private static final Path CORPUS_KEYS = VECTORS.resolve("corpus.json");
  private static final long T = 1_795_000_000_000_000_000L;

  @TempDir Path folder;

  @Test
  void corpus_gets_recorded_verdicts_and_exit_code_3() {
    CommandLineRun run = CommandLineRun.of("verify", CORPUS, "--keys", CORPUS_KEYS);

    assertThat(run.code()).isEqualTo(3);
    Map<String, Integer> counts = new TreeMap<>();
    for (String line : run.lines()) {
      String[] columns = line.split("\t", -1);
      assertThat(columns).hasSize(3);
      counts.merge(columns[2], 1, Integer::sum);
    }
    JsonNode recorded = Vectors.json("corpus.json").get("verdict_counts");
    recorded
        .properties()
        .forEach(each -> assertThat(counts).containsEntry(each.getKey(), each.getValue().asInt()));
    assertThat(run.err()).contains("3,000 events", "2,753 valid", "would refuse 28; 6 would wait");
  }

  @Test
  void event_of_an_unknown_nara_would_wait_and_not_be_refused() throws IOException {
    byte[] tease = Citizen.named("bart").tease(1_760_000_000_000_000_000L, "lisa");

    CommandLineRun run = CommandLineRun.of("verify", file(List.of(text(tease))));

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("would refuse 0; 1 would wait for their emitter's key");
  }

  @Test
  void key_is_learned_from_a_hey_there_whose_service_is_written_with_an_escape()
      throws IOException {
    Citizen bart = Citizen.named("bart");
    String tease = text(bart.tease(T, "lisa"));
    String heyThere = text(bart.heyThere(T, "127.0.0.1:7433"));
    String escaped = heyThere.replace("hey-there", "hey\\u002dthere");
    assertThat(escaped).isNotEqualTo(heyThere);

    CommandLineRun run = CommandLineRun.of("verify", file(List.of(tease, escaped)));

    assertThat(run.err()).contains("2 events: 2 valid");
    assertThat(run.code()).isZero();
  }

  @Test
  void json_rows_hold_recorded_content_id_and_hash() throws IOException {
    JsonNode events = Vectors.json("events.json").get("events");
    List<String> lines = new ArrayList<>();
    events.forEach(e -> lines.add(e.get("json").asText()));

    CommandLineRun run =
        CommandLineRun.of(
            "verify", file(lines), "--keys", VECTORS.resolve("events.json"), "--json");

    assertThat(run.lines()).hasSize(events.size());
    for (int i = 0; i < events.size(); i++) {
      JsonNode e = events.get(i);
      JsonNode row = Vectors.parse(run.lines().get(i));
      assertThat(row.get("line").asInt()).isEqualTo(i + 1);
      if (e.get("valid").asBoolean()) {
        assertThat(row.get("content")).isEqualTo(e.get("content"));
        assertThat(row.get("computed_id")).isEqualTo(e.get("id_of_content"));
        assertThat(row.get("signed_hash_hex")).isEqualTo(e.get("signable_sha256_hex"));
      } else {
        assertThat(row.get("verdict").asText()).isEqualTo("malformed");
        assertThat(row.get("reason").asText()).isNotEmpty();
      }
    }
  }

  @Test
  void each_kind_of_bad_event_gets_its_verdict() throws IOException {
    Citizen lisa = Citizen.named("lisa");
    Citizen bart = Citizen.named("bart");
    String good = text(lisa.signed(T, tease(lisa, bart)));
    String hey =
        text(lisa.signed(T, new HeyThere("lisa", lisa.key().encoded(), "", lisa.id(), "")));
    List<String> lines =
        List.of(
            good,
            // The key comes after the first event that needs it.
            hey,
            Altered.replace(good, "random", "comeback"),
            Altered.id(good),
            Altered.match(good, "\"sig\":\"[^\"]*\",", ""),
            text(Citizen.impostor("lisa").signed(T, tease(lisa, bart))),
            text(bart.signed(T, tease(bart, lisa))),
            text(lisa.signed(T * 2, tease(lisa, bart))),
            "{\"id\":\"a\\tb\"}",
            "no json",
            "",
            "{\"x\":\"" + "y".repeat(EventLimits.MAX_EVENT_BYTES) + "\"}");

    CommandLineRun run = CommandLineRun.of("verify", file(lines));

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.lines().stream().map(line -> line.split("\t", -1)[2]))
        .containsExactly(
            "valid",
            "valid",
            "bad_id",
            "bad_id",
            "unsigned",
            "bad_signature",
            "unknown_emitter",
            "from_the_future",
            "malformed",
            "malformed",
            "malformed");
    assertThat(run.lines().get(8)).isEqualTo("9\ta\\u0009b\tmalformed");
    assertThat(run.lines().get(10)).isEqualTo("12\t-\tmalformed");
  }

  @Test
  void verdicts_stay_when_lines_are_shuffled() throws IOException {
    List<String> lines = new ArrayList<>(Vectors.gzippedLines("corpus.jsonl.gz"));
    List<String> shuffled = new ArrayList<>(lines);
    Collections.shuffle(shuffled, new Random(7));

    assertThat(verdicts(CommandLineRun.of("verify", file(shuffled))))
        .isEqualTo(verdicts(CommandLineRun.of("verify", file(lines))));
  }

  @Test
  void gzip_that_was_cut_never_exits_0_however_little_is_left() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Citizen lisa = Citizen.named("lisa");
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(
          text(lisa.signed(T, tease(lisa, Citizen.named("bart"))))
              .getBytes(StandardCharsets.UTF_8));
      gzip.write('\n');
    }
    byte[] whole = packed.toByteArray();
    Path file = folder.resolve("cut.jsonl.gz");
    Set<Integer> codes = new TreeSet<>();
    for (int left = 3; left < whole.length; left += 5) {
      Files.write(file, Arrays.copyOf(whole, left));
      CommandLineRun run = CommandLineRun.of("verify", file, "--policy", "reference");
      assertThat(run.code()).as("%d bytes left: %s", left, run.err()).isNotZero();
      assertThat(run.err()).contains("is cut off: its gzip stream ends ");
      codes.add(run.code());
    }
    assertThat(codes).containsExactly(ExitCode.USAGE, ExitCode.REFUSED);
    assertThat(
            CommandLineRun.of("verify", Files.write(file, whole), "--policy", "reference").code())
        .isZero();
  }

  @Test
  void exit_code_depends_on_policy() throws IOException {
    Path unsigned =
        file(
            List.of(
                text(
                    EventWriter.write(
                        Event.idOf(
                                T,
                                Service.SOCIAL,
                                tease(Citizen.named("a"), Citizen.named("b")).content())
                            .toString(),
                        T,
                        "",
                        "",
                        "",
                        tease(Citizen.named("a"), Citizen.named("b"))))));

    assertThat(CommandLineRun.of("verify", unsigned).code()).isZero();
    assertThat(CommandLineRun.of("verify", unsigned, "--policy", "strict").code()).isEqualTo(3);
    assertThat(CommandLineRun.of("verify", CORPUS, "--policy", "reference").code()).isZero();
    assertThat(CommandLineRun.of("verify", unsigned, "--policy", "blind").code()).isEqualTo(2);
  }

  @Test
  void row_stays_one_line_when_event_holds_line_ends() throws IOException {
    Citizen lisa = Citizen.named("lisa");
    Social odd = new Social("tease", "lisa", "", "b\u2028\u0085\u2029\nc", "", "", "");
    CommandLineRun run =
        CommandLineRun.of("verify", file(List.of(text(lisa.signed(T, odd)))), "--json");

    assertThat(run.out().codePoints().filter(c -> c < ' ' || c == 0x85 || c >> 1 == 0x1014))
        .containsExactly((int) '\n');
    assertThat(Vectors.parse(run.out()).get("target").asText()).isEqualTo(odd.target());
  }

  @Test
  void empty_file_is_accepted() throws IOException {
    CommandLineRun run = CommandLineRun.of("verify", file(List.of()));
    assertThat(run.code()).isZero();
    assertThat(run.err())
        .isEqualToIgnoringNewLines("0 events; the policy \"verified\" would refuse 0");
  }

  @Test
  void ambiguous_keys_are_rejected() throws IOException {
    Path events = file(List.of());
    String key = "\"public_key\":\"" + "A".repeat(43) + "=\"";
    for (String keys :
        List.of(
            "[{\"name\":\"a\",\"name\":\"b\"," + key + "}]", "[{\"name\":\"a\"," + key + "}] []")) {
      Path file = Files.writeString(folder.resolve("keys.json"), keys);
      CommandLineRun run = CommandLineRun.of("verify", events, "--keys", file);
      assertThat(run.code()).as(keys).isEqualTo(2);
      assertThat(run.err()).contains("keys.json is not JSON");
    }
  }

  @Test
  void malformed_keys_are_rejected() throws IOException {
    Path events = file(List.of());
    for (String keys :
        List.of(
            "{}",
            "[{\"name\": \"lisa\", \"public_key\": \"short\"}]",
            "[{\"public_key\": \"%s\"}]".formatted(Citizen.named("a").key().encoded()),
            "[{\"name\": \"lisa\", \"public_key\": \"%s\"}, {\"name\": \"lisa\", \"public_key\": \"%s\"}]"
                .formatted(Citizen.named("a").key().encoded(), Citizen.named("b").key().encoded()),
            "[")) {
      Path file = Files.writeString(folder.resolve("keys.json"), keys);
      CommandLineRun run = CommandLineRun.of("verify", events, "--keys", file);
      assertThat(run.code()).as(keys).isEqualTo(2);
      assertThat(run.err()).contains("keys.json");
    }
  }

  private static Social tease(Citizen actor, Citizen target) {
    return new Social("tease", actor.name(), "", target.name(), "", "random", "");
  }

  private static Map<String, List<String>> verdicts(CommandLineRun run) {
    Map<String, List<String>> verdicts = new TreeMap<>();
    run.lines().stream()
        .map(line -> line.split("\t", -1))
        .forEach(row -> verdicts.computeIfAbsent(row[1], id -> new ArrayList<>()).add(row[2]));
    verdicts.values().forEach(Collections::sort);
    return verdicts;
  }

  private Path file(List<String> lines) throws IOException {
    return Files.write(Files.createTempFile(folder, "events", ".jsonl"), lines);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
