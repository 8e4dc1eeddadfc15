package nara.cli.ledger;

import java.nio.file.Path;
import java.util.List;
import nara.ledger.Ledger;
import picocli.CommandLine.Parameters;

/** A command on one file. */
abstract class FileCommand extends LoadingCommand {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A file of events, one JSON object a line, plain or gzipped.")
  Path file;

  Ledger loadLedger() {
    return load(List.of(file)).ledger;
  }
}
