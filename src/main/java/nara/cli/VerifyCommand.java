package nara.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import nara.event.EventReader;
import nara.event.Reading;
import nara.event.Verdict;
import nara.trust.Judge;
import nara.trust.Judgement;
import nara.trust.TrustPolicy;
import nara.trust.TrustPolicy.Fate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives each event of a file its verdict, and says whether the policy would refuse any. */
@Command(
    name = "verify",
    description =
        "Judges each event of a file: a line with its line number, id and verdict, separated by"
            + " tabs. Exit code 3 when the policy would refuse any.")
final class VerifyCommand implements Callable<Integer> {
  private static final int ID_CHARACTERS = 64;
  private static final HexFormat HEX = HexFormat.of();

  private final Terminal terminal;
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private final EventReader reader = new EventReader();

  @Parameters(paramLabel = "FILE", description = "Events, one JSON object a line; may be gzipped.")
  private Path file;

  @Mixin private Judging judging = new Judging();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "verified",
      description = "reference, verified (the default) or strict.")
  private String policyName;

  @Option(names = "--json", description = "Print a JSON object for each event.")
  private boolean json;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    TrustPolicy policy = Judging.policy(policyName);
    Judge judge = judging.judge(List.of(file), terminal);
    long done = 0;
    try (EventFile events = EventFile.open(file)) {
      for (List<EventFile.Line> lines = events.next(Judging.BATCH);
          // Whoever reads the output may have seen enough.
          !lines.isEmpty() && !terminal.out().checkError();
          lines = events.next(Judging.BATCH)) {
        List<Reading> readings = lines.stream().map(line -> line.read(reader)).toList();
        print(lines, judge.judge(readings));
        done += lines.size();
        if (terminal.interactive()) {
          terminal.err().printf("\r%,d events judged", done);
        }
      }
    }
    long refused =
        counts.entrySet().stream()
            .filter(count -> policy.fate(count.getKey()) != Fate.MERGE)
            .mapToLong(Map.Entry::getValue)
            .sum();
    summary(done, refused, policy);
    return refused > 0 ? ExitCode.REFUSED : ExitCode.OK;
  }

  private void print(List<EventFile.Line> lines, List<Judgement> judgements) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      Judgement judgement = judgements.get(i);
      counts.merge(judgement.verdict(), 1L, Long::sum);
      long number = lines.get(i).number();
      rows.append(json ? Json.line(object(number, judgement)) : row(number, judgement))
          .append('\n');
    }
    terminal.out().print(rows);
  }

  private static String row(long number, Judgement judgement) {
    return number + "\t" + id(judgement.reading()) + '\t' + judgement.verdict().label();
  }

  /** The claimed id as one short word, whatever the line claims. */
  private static String id(Reading reading) {
    String stated = reading.statedId();
    String bounded = stated.length() <= ID_CHARACTERS ? stated : stated.substring(0, ID_CHARACTERS);
    return stated.isEmpty() ? "-" : Terminal.printable(bounded);
  }

  private static Map<String, Object> object(long number, Judgement judgement) {
    Map<String, Object> row =
        Json.object(
            "line",
            number,
            "id",
            judgement.reading().statedId(),
            "verdict",
            judgement.verdict().label());
    if (!judgement.reason().isEmpty()) {
      row.put("reason", judgement.reason());
    }
    if (judgement.reading() instanceof Reading.Read read) {
      row.put("content", read.content());
      row.put("computed_id", read.event().id().toString());
      row.put("signed_hash_hex", HEX.formatHex(read.hashToSign()));
      row.put("actor", read.event().actor());
      row.put("target", read.event().target());
    }
    return row;
  }

  private void summary(long total, long refused, TrustPolicy policy) {
    String verdicts =
        counts.entrySet().stream()
            .map(count -> "%,d %s".formatted(count.getValue(), count.getKey().label()))
            .collect(Collectors.joining(", "));
    terminal
        .err()
        .printf(
            "%s%,d events%s; the policy \"%s\" would refuse %,d%n",
            terminal.interactive() ? "\r" : "",
            total,
            verdicts.isEmpty() ? "" : ": " + verdicts,
            policy.label(),
            refused);
  }
}
