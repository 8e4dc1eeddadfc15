package nara.cli.process;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells systemd that the service has started. Java cannot send datagrams to a Unix socket, so
 * systemd's own program does it.
 */
public final class ServiceNotification {
  /** systemd sets it for a unit of the type "notify". */
  static final String SOCKET_VARIABLE = "NOTIFY_SOCKET";

  private static final long TIMEOUT_SECONDS = 10;

  private ServiceNotification() {}

  /** Does nothing without systemd. Returns why systemd could not be told. */
  public static Optional<String> ready() throws InterruptedException {
    return ready(System.getenv(), "systemd-notify");
  }

  static Optional<String> ready(Map<String, String> environment, String program)
      throws InterruptedException {
    if (environment.getOrDefault(SOCKET_VARIABLE, "").isEmpty()) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder(program, "--ready")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of(program + " does not end");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(program + " exits with " + process.exitValue());
    } catch (IOException failure) {
      return Optional.of(failure.getMessage());
    }
  }
}
