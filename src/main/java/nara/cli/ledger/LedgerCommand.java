package nara.cli.ledger;

import nara.cli.TerminalCommand;
import picocli.CommandLine.Command;

/** The commands on ledger files; {@code export} and {@code import} also reach a running node. */
@Command(
    name = "ledger",
    description = "Read a file of events as a node holding it would.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StatsCommand.class,
      SubjectCommand.class,
      QueryCommand.class,
      ExportCommand.class,
      ImportCommand.class
    })
public final class LedgerCommand extends TerminalCommand {
  @Override
  public Integer call() {
    throw usageError("a command is missing");
  }
}
