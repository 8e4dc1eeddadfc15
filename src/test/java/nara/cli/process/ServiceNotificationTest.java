package nara.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceNotificationTest {
  private static final Map<String, String> NOTIFIED =
      Map.of(ServiceNotification.SOCKET_VARIABLE, "/run/systemd/notify");

  @TempDir Path folder;

  private String program(String line) throws IOException {
    Path file = Files.writeString(folder.resolve("notify"), "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  @Test
  void systemd_is_told_of_the_start() throws Exception {
    Path told = folder.resolve("told");

    assertThat(ServiceNotification.ready(NOTIFIED, program("echo $1 > '" + told + "'"))).isEmpty();
    assertThat(told).hasContent("--ready");
  }

  @Test
  void nothing_runs_without_systemd() throws Exception {
    assertThat(ServiceNotification.ready(Map.of(), "/nowhere/notify")).isEmpty();
  }

  @Test
  void failure_is_returned_with_its_reason() throws Exception {
    assertThat(ServiceNotification.ready(NOTIFIED, program("exit 3")).orElseThrow())
        .endsWith("exits with 3");
    assertThat(ServiceNotification.ready(NOTIFIED, "/nowhere/notify").orElseThrow())
        .contains("/nowhere/notify");
  }
}
