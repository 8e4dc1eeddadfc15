package nara.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventBatches;
import nara.cli.file.EventBatches.Batch;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Counted;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.trust.EventVerifier;
import nara.trust.TrustPolicy;
import nara.trust.TrustPolicy.Action;
import nara.trust.VerificationResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description =
        "Print a verdict for each event of a file: line number, id and verdict, separated by tabs.",
    exitCodeList =
        "3:the policy would refuse an event or let it wait for a key, or the end of a gzipped file"
            + " is missing")
final class VerifyCommand extends TerminalCommand {
  private static final int ID_CHARACTERS = 64;
  private static final HexFormat HEX = HexFormat.of();

  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);

  @Parameters(
      paramLabel = "FILE",
      description =
          "A file of events, one JSON object a line, plain or gzipped; - reads standard input.")
  private Path file;

  @Mixin private VerificationOptions options = new VerificationOptions();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "verified",
      description = "The trust policy: reference, verified (the default) or strict.")
  private String policyName;

  @Option(names = "--json", description = "Print one JSON object a line for each event.")
  private boolean json;

  @Override
  public Integer call() {
    if (!file.toString().equals("-")) {
      return verify(file);
    }
    // The events are read twice: first for keys.
    Path copy = copyOfInput();
    try {
      return verify(copy);
    } catch (CommandFailure failure) {
      throw new CommandFailure(shownName(failure.getMessage(), copy));
    } finally {
      copy.toFile().delete();
    }
  }

  /** The user did not name the copy of standard input. */
  private String shownName(String sentence, Path source) {
    return source.equals(file) ? sentence : sentence.replace(source.toString(), "standard input");
  }

  private static Path copyOfInput() {
    try {
      Path copy = Files.createTempFile("nara-verify", ".jsonl");
      copy.toFile().deleteOnExit();
      Files.copy(System.in, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException failure) {
      throw new CommandFailure(
          "standard input cannot be copied into the folder for temporary files (%s); give a file"
              .formatted(failure.getMessage()));
    }
  }

  private int verify(Path source) {
    TrustPolicy policy = VerificationOptions.policy(policyName);
    EventVerifier verifier = options.eventVerifier(List.of(source), terminal());
    long done = 0;
    boolean whole;
    try (EventFileReader events = EventFileReader.open(source)) {
      try (EventBatches batches = new EventBatches(events, VerificationOptions.BATCH_SIZE)) {
        Batch batch;
        // A reader of the output, such as head, may have closed its end.
        while (!terminal().out().checkError() && !(batch = batches.next()).lines().isEmpty()) {
          print(batch.lines(), verifier.verify(batch.events()));
          done += batch.lines().size();
          if (terminal().interactive()) {
            terminal().status("%,d events verified".formatted(done));
          }
        }
      }
      terminal().eraseStatus();
      events
          .problem()
          .ifPresent(problem -> terminal().message("note: %s", shownName(problem, source)));
      whole = events.problem().isEmpty();
    }
    long refused = count(policy, Action.REJECT);
    long waiting = count(policy, Action.QUARANTINE);
    printSummary(done, refused, waiting, policy);
    return refused + waiting > 0 || !whole ? ExitCode.REFUSED : ExitCode.OK;
  }

  private long count(TrustPolicy policy, Action action) {
    return counts.entrySet().stream()
        .filter(count -> policy.action(count.getKey()) == action)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void print(List<Line> lines, List<VerificationResult> results) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      VerificationResult result = results.get(i);
      counts.merge(result.verdict(), 1L, Long::sum);
      long number = lines.get(i).number();
      rows.append(json ? JsonOutput.compact(jsonRow(number, result)) : textRow(number, result))
          .append('\n');
    }
    terminal().out().print(rows);
  }

  private static String textRow(long number, VerificationResult result) {
    return number + "\t" + printableId(result.readResult()) + '\t' + result.verdict().label();
  }

  /** The claimed id, escaped and cut to the length of an id. */
  private static String printableId(ReadResult result) {
    String id = result.claimedId();
    return id.isEmpty()
        ? "-"
        : Terminal.printable(id.substring(0, Math.min(id.length(), ID_CHARACTERS)));
  }

  private static Map<String, Object> jsonRow(long number, VerificationResult result) {
    String id = result.readResult().claimedId();
    Map<String, Object> row =
        JsonOutput.object("line", number, "id", id, "verdict", result.verdict().label());
    if (!result.reason().isEmpty()) {
      row.put("reason", result.reason());
    }
    if (result.readResult() instanceof ReadResult.ParsedEvent event) {
      row.put("content", event.content());
      row.put("computed_id", event.event().id().toString());
      row.put("signed_hash_hex", HEX.formatHex(event.signableHash()));
      row.put("actor", event.event().actor());
      row.put("target", event.event().target());
    }
    return row;
  }

  private void printSummary(long total, long refused, long waiting, TrustPolicy policy) {
    String verdicts =
        counts.entrySet().stream()
            .map(count -> "%,d %s".formatted(count.getValue(), count.getKey().label()))
            .collect(Collectors.joining(", "));
    terminal()
        .message(
            "%s%s; the policy \"%s\" would refuse %,d%s",
            Counted.of(total, "event"),
            verdicts.isEmpty() ? "" : ": " + verdicts,
            policy.label(),
            refused,
            waiting == 0 ? "" : "; %,d would wait for their emitter's key".formatted(waiting));
  }
}
