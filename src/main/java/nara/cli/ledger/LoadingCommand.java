package nara.cli.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nara.cli.TerminalCommand;
import nara.cli.ledger.LedgerLoader.LoadedLedger;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that loads files of events into a ledger, and prints its result as text or JSON. */
abstract class LoadingCommand extends TerminalCommand {
  @Mixin LedgerLoader ledgerLoader = new LedgerLoader();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  LoadedLedger load(List<Path> files) {
    return ledgerLoader.load(files, terminal());
  }

  void print(Map<String, Object> object, String text) {
    print(json, object, text);
  }
}
