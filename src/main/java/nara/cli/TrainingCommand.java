package nara.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nara.demo.Corpus;
import nara.demo.DemoNetwork;
import nara.node.NaraNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs once what later starts run. The JVM records it, and later starts load the classes and
 * profiles from its archive.
 */
@Command(
    name = "training",
    hidden = true,
    description = "Run what the archive for faster starts has to know: a recovery, or the tools.")
final class TrainingCommand extends TerminalCommand {
  private static final int NEIGHBOURS = 2;

  /** Enough for profiles of all methods of a recovery; more made no start faster. */
  private static final int EVENTS = 4_000;

  @Option(names = "--tools", description = "Run the commands that start no node.")
  private boolean tools;

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("nara-training");
    Path file = folder.resolve("file");
    try {
      return tools ? runTools(file) : runRecovery(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private int runRecovery(Path file) throws IOException {
    try (DemoNetwork network =
        DemoNetwork.start(NEIGHBOURS, EVENTS, 1, terminal().clock(), step -> {})) {
      Files.writeString(file, "{\"memory\": {\"mode\": \"hog\"}}");
      run("check-config", file.toString());
      List<String> arguments = new ArrayList<>(List.of("recover", "--report", file.toString()));
      for (NaraNode neighbour : network.neighbours()) {
        arguments.add("--peer");
        arguments.add("127.0.0.1:" + neighbour.meshPort().orElseThrow());
      }
      return run(arguments.toArray(String[]::new));
    }
  }

  private int runTools(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      for (byte[] event :
          Corpus.generate(EVENTS, Corpus.CITIZENS, 1, terminal().clock().instant()).events()) {
        out.write(event);
        out.write('\n');
      }
    }
    run("identity", "--name", "training", "--json");
    run("ledger", "stats", file.toString());
    return run("verify", file.toString());
  }

  private int run(String... arguments) {
    return Main.run(arguments, terminal());
  }
}
