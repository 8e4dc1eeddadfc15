package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/nara in checkouts of its own, with a stand-in for the jar. */
class StartScriptTest {
  private static final List<String> TOOLS =
      List.of(
          "bash dirname readlink find sed head cksum cut cat mkdir flock touch cp mv rm locale"
              .split(" "));
  private static final List<String> MORE_TOOLS = List.of("env timeout setpriv id nohup".split(" "));

  @TempDir Path folder;
  private Path checkout;
  private Path tools;
  private Path cache;

  private record Started(int code, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    allow(folder, "rwxr-xr-x");
    checkout = Files.createDirectory(folder.resolve("checkout"));
    tools = Files.createDirectory(folder.resolve("bin"));
    cache = Files.createDirectory(folder.resolve("cache"));
    allow(cache, "rwxrwxrwx");
    for (String script : List.of("nara", "jdk")) {
      Files.createDirectories(checkout.resolve("scripts"));
      Files.copy(Path.of("scripts", script), checkout.resolve("scripts").resolve(script));
      allow(checkout.resolve("scripts").resolve(script), "rwxr-xr-x");
    }
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.createDirectories(checkout.resolve("src/main"));
    Files.createDirectories(checkout.resolve("target"));
    makeJar(checkout.resolve("target/nara.jar"));
    List<String> wanted = new ArrayList<>(TOOLS);
    wanted.addAll(MORE_TOOLS);
    for (String tool : wanted) {
      for (String place : List.of("/usr/bin", "/bin")) {
        Path binary = Path.of(place, tool);
        if (Files.isExecutable(binary) && !Files.exists(tools.resolve(tool))) {
          Files.createSymbolicLink(tools.resolve(tool), binary);
        }
      }
    }
  }

  @Test
  void built_jar_starts_in_read_only_checkout_with_archive_in_the_cache() throws Exception {
    Started started = start(asAnotherUser("scripts/nara", "check-config", "x"), Map.of());

    assertThat(started.err()).doesNotContain("denied");
    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out()).contains("args=[check-config, x]", "jar=" + checkout);
    assertThat(checkout.resolve("target/run")).doesNotExist();
    assertThat(cache.resolve("nara")).isDirectoryContaining("glob:**.archive");
  }

  @Test
  void archive_is_left_out_when_no_folder_can_be_written() throws Exception {
    Started started =
        start(
            asAnotherUser("scripts/nara", "check-config"),
            Map.of("XDG_CACHE_HOME", "/proc/none", "HOME", "/proc/none"));

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.err()).isEmpty();
  }

  @Test
  void older_jar_runs_with_a_note_when_maven_is_missing() throws Exception {
    makeSourcesNewer();
    Started started = start(List.of("scripts/nara", "verify"), Map.of());

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.err()).contains("runs as it is", "needs Maven");
    assertThat(started.out()).contains("args=[verify]");
  }

  @Test
  void missing_jar_without_maven_is_told_with_what_to_install() throws Exception {
    Files.delete(checkout.resolve("target/nara.jar"));
    Started started = start(List.of("scripts/nara", "verify"), Map.of());

    assertThat(started.code()).isEqualTo(2);
    assertThat(started.err()).contains("there is no jar in", "apt-get install maven");
  }

  @Test
  void service_runs_older_jar_and_never_starts_maven() throws Exception {
    makeSourcesNewer();
    Files.writeString(tools.resolve("mvn"), "#!/usr/bin/env bash\ntouch '" + folder + "/built'\n");
    allow(tools.resolve("mvn"), "rwxr-xr-x");
    Started started = start(List.of("scripts/nara", "verify"), Map.of("INVOCATION_ID", "7"));

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.err()).contains("a service does not start a build");
    assertThat(folder.resolve("built")).doesNotExist();

    start(List.of("scripts/nara", "verify"), Map.of());
    assertThat(folder.resolve("built")).as("others build").exists();
  }

  @Test
  void explicit_java_home_wins_over_newer_java_elsewhere() throws Exception {
    Path old = Files.createDirectories(folder.resolve("jdk-21/bin")).getParent();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.5\"\n");
    Files.writeString(old.resolve("bin/java"), "#!/usr/bin/env bash\necho \"mine $*\"\n");
    allow(old.resolve("bin/java"), "rwxr-xr-x");
    Started started = start(List.of("scripts/jdk"), Map.of("JAVA_HOME", old.toString()));

    assertThat(started.out()).isEqualTo("21 " + old + "/bin/java\n");
  }

  @Test
  void java_home_that_is_too_old_is_passed_over() throws Exception {
    Path old = Files.createDirectories(folder.resolve("jdk-17/bin")).getParent();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.5\"\n");
    Files.writeString(old.resolve("bin/java"), "#!/usr/bin/env bash\n");
    allow(old.resolve("bin/java"), "rwxr-xr-x");
    Started started =
        start(
            List.of("scripts/jdk"),
            Map.of("JAVA_HOME", old.toString(), "PATH", tools + ":" + javaHome() + "/bin"));

    assertThat(started.out()).doesNotContain("jdk-17").contains("/bin/java");
  }

  @Test
  void java_options_that_allow_it_keep_the_archive() throws Exception {
    start(List.of("scripts/nara", "verify"), Map.of("NARA_JAVA_OPTS", "-Xmx100m -Dx=y"));
    assertThat(checkout.resolve("target/run")).isDirectoryContaining("glob:**.archive");
    Started again =
        start(
            List.of("scripts/nara", "verify"),
            Map.of("NARA_JAVA_OPTS", "-Xmx100m -Xlog:class+load:stderr"));
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("args=[verify]");
  }

  @Test
  void configured_memory_mode_bounds_the_heap_of_a_node() throws Exception {
    assertThat(heapOf("run", "short")).isBetween(64, 72);
    assertThat(heapOf("recover", "short")).isBetween(64, 72);
    assertThat(heapOf("run", "medium")).isBetween(230, 256);
    assertThat(heapOf("check-config", "short")).as("not a node").isGreaterThan(72);
  }

  @Test
  void chosen_collector_wins_over_that_of_the_memory_mode() throws Exception {
    Path config = Files.writeString(folder.resolve("node.json"), memoryMode("short"));
    Started started =
        start(
            List.of("scripts/nara", "run", "--config", config.toString()),
            Map.of("NARA_JAVA_OPTS", "-XX:+UseParallelGC -Xmx100m"));

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out()).contains("args=[run, --config, ");
  }

  @Test
  void memory_mode_of_the_environment_wins_over_that_of_the_file() throws Exception {
    assertThat(heapOf("run", "hog", Map.of("MEMORY_MODE", "short"))).isBetween(64, 72);
    assertThat(heapOf("run", "hog", Map.of("MEMORY_MODE", "short", "NARA_MEMORY_MODE", "medium")))
        .isBetween(230, 256);
    assertThat(heapOf("run", "short", Map.of("MEMORY_MODE", ""))).isBetween(64, 72);
  }

  @Test
  void memory_mode_in_a_comment_does_not_count() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            "{ \"memory\": {\n  // \"mode\": \"short\"\n  \"mode\": \"medium\" } }\n");
    Started started =
        start(List.of("scripts/nara", "run", "--config", config.toString()), Map.of());

    assertThat(Integer.parseInt(started.out().replaceFirst("(?s).*heap=(\\d+).*", "$1")))
        .isBetween(230, 256);
  }

  @Test
  void installed_nara_runs_its_own_jar_and_writes_only_to_the_cache() throws Exception {
    Path installed = Files.createDirectory(folder.resolve("installed"));
    Files.createDirectory(installed.resolve("bin"));
    Files.createDirectory(installed.resolve("lib"));
    Files.copy(checkout.resolve("scripts/nara"), installed.resolve("bin/nara"));
    Files.copy(checkout.resolve("scripts/jdk"), installed.resolve("lib/jdk"));
    Files.copy(checkout.resolve("target/nara.jar"), installed.resolve("lib/nara.jar"));
    Path link = Files.createSymbolicLink(folder.resolve("nara"), installed.resolve("bin/nara"));
    Started started = start(List.of("bash", "-c", link + " verify x"), Map.of());

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out()).contains("args=[verify, x]", "jar=" + installed);
    assertThat(installed.resolve("target")).doesNotExist();
    assertThat(cache.resolve("nara")).isDirectoryContaining("glob:**.archive");
  }

  private int heapOf(String command, String mode) throws Exception {
    return heapOf(command, mode, Map.of());
  }

  private int heapOf(String command, String mode, Map<String, String> environment)
      throws Exception {
    Path config = Files.writeString(folder.resolve("node.json"), memoryMode(mode));
    Started started = start(List.of("scripts/nara", command, "--config=" + config), environment);
    assertThat(started.code()).as(started.err()).isZero();
    return Integer.parseInt(started.out().replaceFirst("(?s).*heap=(\\d+).*", "$1"));
  }

  private static String memoryMode(String mode) {
    return """
    { "identity": {"name": "x"},
      "memory" : {"snapshot": "s.gz",
        "mode": "%s" } }
    """
        .formatted(mode);
  }

  @Test
  void name_with_umlaut_arrives_whatever_the_locale() throws Exception {
    // The bytes of UTF-8, because the locale of this test may not be able to pass the letter.
    Started started =
        start(
            List.of("bash", "-c", "exec scripts/nara identity $'Zo\\303\\253'"),
            Map.of("LC_ALL", "C"));

    assertThat(started.out()).contains("args=[identity, zo\u00eb]");
  }

  private void makeSourcesNewer() throws IOException {
    Instant old = Instant.now().minusSeconds(100);
    Files.setLastModifiedTime(checkout.resolve("target/nara.jar"), FileTime.from(old));
  }

  private List<String> asAnotherUser(String... command) throws IOException {
    List<String> all = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      assumeTrue(Files.exists(tools.resolve("setpriv")), "setpriv is missing");
      all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    for (String each : List.of("", "target", "scripts", "src", "src/main")) {
      allow(checkout.resolve(each), "r-xr-xr-x");
    }
    all.addAll(Arrays.asList(command));
    return all;
  }

  private Started start(List<String> command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(command)).directory(checkout.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", tools.toString(),
                "JAVA_HOME", javaHome(),
                "HOME", folder.toString(),
                "XDG_CACHE_HOME", cache.toString()));
    builder.environment().putAll(environment);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    if (command.get(0).startsWith("scripts/")) {
      builder.command().set(0, checkout.resolve(command.get(0)).toString());
    } else {
      builder.command().set(0, tools.resolve(command.get(0)).toString());
    }
    int code =
        builder
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Started(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8)
            .replace("nara: preparing faster starts (once)\n", ""));
  }

  private static String javaHome() {
    return System.getProperty("java.home");
  }

  private static void allow(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void makeJar(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, PrintedStart.class.getName());
    String entry = PrintedStart.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest)) {
      entries.putNextEntry(new JarEntry(entry));
      entries.write(PrintedStart.class.getClassLoader().getResourceAsStream(entry).readAllBytes());
    }
  }
}
