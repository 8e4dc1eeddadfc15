package nara.cli.ledger;

import java.time.Instant;
import java.util.Map;
import nara.cli.ExitCode;
import nara.cli.file.CommandFailure;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.ledger.Ledger;
import nara.ledger.LedgerRequest.SubjectSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a node that holds the file would derive for one nara. */
@Command(name = "subject", description = "Print the values that a node would derive for one nara.")
final class SubjectCommand extends FileCommand {
  @Parameters(index = "1", paramLabel = "NAME", description = "The nara's name.")
  private String name;

  @Option(
      names = "--at",
      paramLabel = "SECONDS",
      description = "Derive the values for this time, in Unix seconds. Default: now.")
  private Long at;

  @Override
  public Integer call() {
    if (at != null && at < 0) {
      throw new CommandFailure("--at: expected a Unix time in seconds, got " + at);
    }
    Ledger ledger = loadLedger();
    if (!ledger.subjects().contains(name)) {
      terminal()
          .message(
              "note: no event of %s mentions %s, so nothing is known of it",
              file, Terminal.printable(name));
    }
    SubjectSummary d =
        ledger.summary(name, at == null ? terminal().clock().instant().getEpochSecond() : at);
    Map<String, Object> opinion =
        JsonOutput.object(
            "start_time", d.opinion().startTime(),
            "restarts", d.opinion().restarts(),
            "last_restart", d.opinion().lastRestart());
    Map<String, Object> object =
        JsonOutput.object(
            "subject", d.subject(),
            "restarts", d.restarts(),
            "total_uptime_s", d.totalUptimeSeconds(),
            "first_seen_s", d.firstSeenSeconds(),
            "latest_checkpoint_id", d.latestCheckpointId(),
            "status", d.status(),
            "opinion", opinion);
    print(
        object,
        """
        subject            %s
        status             %s
        restarts           %d
        total uptime       %d s
        first seen         %s
        latest checkpoint  %s
        opinion            start %s, restarts %d, last restart %s\
        """
            .formatted(
                Terminal.printable(d.subject()),
                d.status(),
                d.restarts(),
                d.totalUptimeSeconds(),
                time(d.firstSeenSeconds()),
                d.latestCheckpointId().isEmpty() ? "none" : d.latestCheckpointId(),
                time(d.opinion().startTime()),
                d.opinion().restarts(),
                time(d.opinion().lastRestart())));
    return ExitCode.OK;
  }

  private static String time(long unixSeconds) {
    return unixSeconds == 0
        ? "unknown"
        : "%d (%s)".formatted(unixSeconds, Instant.ofEpochSecond(unixSeconds));
  }
}
