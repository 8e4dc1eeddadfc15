package nara.cli.process;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The end of the process. After SIGTERM or SIGINT, Java would exit with 143 or 130, whatever the
 * command achieved. So the shutdown hook of a command waits for the command's exit code, and halts
 * with it.
 */
public final class ProcessEnd {
  private static final CompletableFuture<Integer> EXIT_CODE = new CompletableFuture<>();

  private ProcessEnd() {}

  /** Ends the process with the exit code of its command. */
  public static void exit(int code) {
    EXIT_CODE.complete(code);
    // Blocks forever when the process is ending already; then the hook below ends it.
    System.exit(code);
  }

  /**
   * Ends the process from a shutdown hook, once the command has returned its exit code.
   *
   * @param timeout after this time the process ends as if there were no hook
   */
  public static void haltAfterCommand(Duration timeout) {
    try {
      Runtime.getRuntime().halt(EXIT_CODE.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException late) {
      return;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ignores SIGHUP, which a terminal sends when it closes. The signal API of the JDK is not
   * standard, so a JDK without it keeps the default behaviour.
   */
  public static void ignoreHangup() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(
          null,
          signal.getConstructor(String.class).newInstance("HUP"),
          handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException unsupported) {
      return;
    }
  }
}
