package nara.cli.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The request to end this process, by SIGTERM or SIGINT. A command listens before it does anything
 * else. It then ends what it does and returns its exit code, and the process ends with this code.
 */
public final class StopRequest implements AutoCloseable {
  /**
   * After a request the command still reports, writes its files and stops the node, whose own
   * timeout depends on the size of its ledger.
   */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(10);

  private final CompletableFuture<Void> made = new CompletableFuture<>();
  private final Thread hook = new Thread(this::onShutdown, "nara-stop");

  private StopRequest() {}

  /** Listens until it is closed. */
  public static StopRequest listen() {
    StopRequest request = new StopRequest();
    Runtime.getRuntime().addShutdownHook(request.hook);
    return request;
  }

  private void onShutdown() {
    made.complete(null);
    ProcessEnd.haltAfterCommand(CLOSE_TIMEOUT);
  }

  public boolean isMade() {
    return made.isDone();
  }

  /** Runs the action when the request comes, or at once when it has come. */
  public void onMade(Runnable action) {
    made.thenRun(action);
  }

  /** Waits for the request. Then the command must end and return. */
  public void await() throws InterruptedException {
    try {
      made.get();
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process is ending, and the hook waits for the command.
      return;
    }
  }
}
