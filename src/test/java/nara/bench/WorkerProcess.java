package nara.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A {@link BenchWorker} in a process of its own, and the conversation with it. */
final class WorkerProcess implements AutoCloseable {
  /** The compiler's thresholds as {@code scripts/nara} sets them for a node on a large machine. */
  static final String NODE_COMPILER = "-XX:CompileThresholdScaling=4";

  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  private WorkerProcess(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts one with these options of the JVM beside the usual ones. */
  static WorkerProcess start(String... options) throws IOException {
    return startWith(System.getProperty("java.class.path"), options);
  }

  /** The same with another class path. */
  static WorkerProcess startWith(String classPath, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Dvertx.disableDnsResolver=true");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath));
    command.add(BenchWorker.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(
        Boolean.getBoolean("bench.verbose")
            ? ProcessBuilder.Redirect.INHERIT
            : ProcessBuilder.Redirect.DISCARD);
    return new WorkerProcess(builder.start());
  }

  /** Gives it a command; the answer is fetched by {@link #awaitResponse}. */
  void send(Object... words) {
    List<String> texts = new ArrayList<>();
    for (Object word : words) {
      texts.add(String.valueOf(word));
    }
    commands.println(String.join(" ", texts));
  }

  /** Waits for the answer to the oldest command that is not answered yet. */
  Map<String, String> awaitResponse() throws IOException {
    String line = answers.readLine();
    // The JVM itself may have something to say there, about a flight recording, say.
    while (line != null && !line.startsWith(BenchWorker.RESPONSE_PREFIX)) {
      line = answers.readLine();
    }
    if (line == null) {
      throw new IllegalStateException("a process of the benchmark ended; -Dbench.verbose=true");
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : line.substring(BenchWorker.RESPONSE_PREFIX.length()).split(" ")) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return values;
  }

  Map<String, String> request(Object... words) throws IOException {
    send(words);
    return awaitResponse();
  }

  /** The processor time it has used so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Ends its input, and so the process, and waits for that. */
  @Override
  public void close() {
    commands.close();
    process.onExit().join();
  }
}
