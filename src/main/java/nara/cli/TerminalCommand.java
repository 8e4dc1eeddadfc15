package nara.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that uses the terminal which {@link Main} was given. */
public abstract class TerminalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** The terminal that {@link Main} was given. */
  protected final Terminal terminal() {
    return ((Main) spec.root().userObject()).terminal();
  }

  /** Prints the result as JSON or as text. */
  protected final void print(boolean json, Map<String, Object> object, String text) {
    terminal().out().println(json ? JsonOutput.indented(object) : text);
  }

  /** A failure that prints the command's usage too. */
  protected final ParameterException usageError(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
