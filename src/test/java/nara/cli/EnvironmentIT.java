package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds a node: the folder for temporary files, the logger, the checkout. */
class EnvironmentIT {
  @TempDir Path folder;

  @Test
  void node_runs_although_the_temporary_folder_cannot_be_written() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            """
            { "identity": {"name": "lisa", "soul": "%s"},
              "mesh": {"host": "127.0.0.1", "port": 0}, "web": {"host": "127.0.0.1", "port": 0} }
            """
                .formatted(Citizen.named("lisa").identity().soul().encoded()));
    ProcessBuilder builder = MainProcess.of("run", "--config", config.toString());
    // Not even root can write there.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=/proc/none");
    List<String> lines = runUntilStarted(builder);
    assertThat(lines).anyMatch(line -> line.contains("is running"));
    assertThat(lines).noneMatch(line -> line.contains("/proc/none: ") || line.contains("ERROR"));
    assertThat(lines).noneMatch(line -> line.contains("MacAddressUtil"));
  }

  @Test
  void node_runs_without_a_file_when_the_environment_configures_it() throws Exception {
    ProcessBuilder builder = MainProcess.of("run");
    builder
        .environment()
        .putAll(
            Map.of(
                "NARA_ID", "lisa",
                "NARA_SOUL", Citizen.named("lisa").identity().soul().encoded(),
                "NARA_MESH_HOST", "127.0.0.1",
                "NARA_MESH_PORT", "0",
                "HTTP_ADDR", "127.0.0.1:0"));
    assertThat(runUntilStarted(builder)).anyMatch(line -> line.contains("nara lisa is running"));
  }

  @Test
  void wrong_variable_is_reported_by_its_name_when_there_is_no_file() throws Exception {
    ProcessBuilder builder = MainProcess.of("run").redirectError(ProcessBuilder.Redirect.PIPE);
    builder.environment().put("NARA_MESH_PORT", "abc");
    Process node = builder.start();
    String err = new String(node.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).isEqualTo(2);
    assertThat(err)
        .contains("the environment: mesh.port (from NARA_MESH_PORT): \"abc\" is not a port")
        .contains("the environment has 1 problem");
  }

  /** Runs a node, stops it once it has started, and returns the lines of its standard error. */
  private static List<String> runUntilStarted(ProcessBuilder builder) throws Exception {
    Process node = builder.redirectError(ProcessBuilder.Redirect.PIPE).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader err = node.errorReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = err.readLine()) != null && !line.contains("is running")) {
        lines.add(line);
      }
      lines.add(String.valueOf(line));
      node.toHandle().destroy();
      err.lines().forEach(lines::add);
      assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      node.destroyForcibly();
    }
    assertThat(node.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  @Test
  void warning_of_the_network_library_about_hardware_addresses_is_not_logged() throws Exception {
    LoggerContext shipped = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(shipped);
    configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());

    assertThat(shipped.getLogger("io.netty.util.internal.MacAddressUtil").isWarnEnabled())
        .isFalse();
    assertThat(shipped.getLogger("io.netty").isWarnEnabled()).isTrue();
    shipped.stop();
  }

  @Test
  void checkout_with_converted_line_ends_has_scripts_with_those_of_unix() throws Exception {
    assumeTrue(run(folder, "git", "--version") == 0, "this machine has no git");
    Path origin = Files.createDirectory(folder.resolve("origin"));
    for (String file : List.of(".gitattributes", "scripts/nara", "conf/node.json")) {
      Files.createDirectories(origin.resolve(file).getParent());
      Files.copy(Path.of(file), origin.resolve(file));
    }
    assertThat(run(origin, "git", "init", "-q")).isZero();
    assertThat(run(origin, "git", "add", "-A")).isZero();
    assertThat(
            run(
                origin,
                "git",
                "-c",
                "user.name=lisa",
                "-c",
                "user.email=lisa@localhost",
                "commit",
                "-q",
                "-m",
                "Add files"))
        .isZero();
    assertThat(run(folder, "git", "clone", "-q", "-c", "core.autocrlf=true", "origin", "checkout"))
        .isZero();

    for (String file : List.of("scripts/nara", "conf/node.json")) {
      assertThat(Files.readString(folder.resolve("checkout").resolve(file)))
          .doesNotContain("\r")
          .isEqualTo(Files.readString(Path.of(file)));
    }
  }

  private static int run(Path directory, String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      process.getInputStream().readAllBytes();
      return process.waitFor();
    } catch (IOException missing) {
      return -1;
    }
  }
}
