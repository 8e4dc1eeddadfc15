package nara.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nara.identity.Hashing;

/**
 * {@code scripts/fuzz}: runs targets one after the other, each in a JVM of its own under Jazzer,
 * guided by coverage. Its interesting inputs stay below target/fuzz for the next run; an input that
 * fails is kept in src/test/resources/fuzz, where {@link FuzzCorpusTest} repeats it.
 */
final class FuzzRun {
  private static final int OK = 0;
  private static final int FOUND = 1;
  private static final int USAGE = 2;

  private static final int DEFAULT_SECONDS = 60;
  private static final int MAX_SECONDS = 7 * 24 * 3_600;

  /** Longer inputs test the limits of sizes, which have tests of their own, and are slow. */
  private static final int MAX_INPUT_BYTES = 8_192;

  /** An honest input of that size takes a millisecond; one that takes seconds is an attack. */
  private static final int INPUT_SECONDS = 20;

  /** A finding begins with what matters; threads and collections follow. */
  private static final int MAX_PRINTED_LINES = 25;

  /** Starting the JVM and instrumenting, which are not part of the time given. */
  private static final int START_SECONDS = 600;

  private FuzzRun() {}

  public static void main(String[] args) throws Exception {
    System.exit(run(args));
  }

  private static int run(String[] args) throws Exception {
    List<String> names = new ArrayList<>();
    int seconds = DEFAULT_SECONDS;
    Path replay = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seconds" -> {
          seconds =
              ++i < args.length && args[i].matches("[0-9]{1,6}") ? Integer.parseInt(args[i]) : 0;
          if (seconds < 1 || seconds > MAX_SECONDS) {
            return usage("--seconds: expected 1 to " + MAX_SECONDS);
          }
        }
        case "--replay" -> {
          replay = ++i < args.length ? Path.of(args[i]) : null;
          if (replay == null || !Files.isRegularFile(replay)) {
            return usage("--replay: expected a file with an input");
          }
        }
        default -> {
          if (!FuzzTargets.BY_NAME.containsKey(args[i])) {
            return usage("no target '" + args[i] + "'; --list lists them");
          }
          names.add(args[i]);
        }
      }
    }
    if (replay != null) {
      return names.size() == 1 ? replay(names.get(0), replay) : usage("--replay: give one target");
    }
    List<String> failed = new ArrayList<>();
    for (String name : names.isEmpty() ? List.copyOf(FuzzTargets.BY_NAME.keySet()) : names) {
      if (!fuzz(name, seconds)) {
        failed.add(name);
      }
    }
    System.out.println(
        failed.isEmpty() ? "no findings" : "findings in: " + String.join(", ", failed));
    return failed.isEmpty() ? OK : FOUND;
  }

  private static int usage(String problem) {
    System.err.println("fuzz: " + problem);
    return USAGE;
  }

  private static int replay(String name, Path file) throws IOException {
    try {
      FuzzTargets.BY_NAME.get(name).get().run(Files.readAllBytes(file));
      System.out.println(name + ": the input passes");
      return OK;
    } catch (Exception | AssertionError finding) {
      finding.printStackTrace(System.out);
      return FOUND;
    }
  }

  /** Whether nothing was found. */
  private static boolean fuzz(String name, int seconds) throws Exception {
    Path directory = Files.createDirectories(Path.of("target", "fuzz", name));
    Path kept = Files.createDirectories(Corpus.keptBy(name));
    for (byte[] seed : FuzzTargets.BY_NAME.get(name).get().seeds()) {
      Files.write(directory.resolve("seed-" + hash(seed)), seed);
    }
    Path log = directory.resolveSibling(name + ".log");
    Set<Path> before = files(kept);
    int exit = runJazzer(name, seconds, directory, kept, log);
    Set<Path> found = files(kept);
    found.removeAll(before);
    String progress = lastProgress(log);
    if (exit == 0) {
      System.out.printf("%-14s ok  %s%n", name, progress);
      deleteIfEmpty(kept);
      return true;
    }
    System.out.printf("%-14s FINDING (exit %d)  %s%n", name, exit, progress);
    printFinding(log);
    for (Path file : found) {
      System.out.println("  input:  " + file);
      System.out.println(
          "  Base64: " + Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
      System.out.println("  replay: scripts/fuzz " + name + " --replay " + file);
    }
    System.out.println("  log:    " + log);
    deleteIfEmpty(kept);
    return false;
  }

  private static int runJazzer(String name, int seconds, Path directory, Path kept, Path log)
      throws IOException, InterruptedException {
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "-D" + JazzerEntry.TARGET + "=" + name,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--instrumentation_includes=nara.**",
                "--instrumentation_excludes=nara.fuzz.**",
                // A configuration may name files, and only the operator writes it.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.FilePathTraversal",
                "--reproducer_path=" + directory.getParent(),
                "-artifact_prefix=" + kept + File.separator,
                "-max_total_time=" + seconds,
                "-max_len=" + MAX_INPUT_BYTES,
                "-timeout=" + INPUT_SECONDS,
                // The heap has its own limit, and Jazzer reports when it is exhausted.
                "-rss_limit_mb=0",
                directory.toString(),
                kept.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!jazzer.waitFor(seconds + START_SECONDS + INPUT_SECONDS, TimeUnit.SECONDS)) {
      jazzer.destroyForcibly().waitFor();
    }
    return jazzer.exitValue();
  }

  private static String lastProgress(Path log) throws IOException {
    String last = "";
    for (String line : Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("#") && line.contains("cov:")) {
        last = line.replaceAll("\\s+", " ").replaceFirst(" L: .*", "");
      }
    }
    return last;
  }

  private static void printFinding(Path log) throws IOException {
    boolean inside = false;
    int printed = 0;
    for (String line : Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      inside |= line.startsWith("== ") || line.startsWith("==") && line.contains("ERROR");
      if (inside && !line.startsWith("==") || line.startsWith("== Java")) {
        System.out.println("  " + line);
        printed++;
      }
      if (printed == MAX_PRINTED_LINES
          || line.startsWith("== libFuzzer")
          || line.startsWith("SUMMARY")) {
        return;
      }
    }
  }

  private static Set<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new TreeSet<>(files.toList());
    }
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    if (files(directory).isEmpty()) {
      Files.delete(directory);
    }
  }

  private static String hash(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(Hashing.sha256(bytes), 0, 8);
  }
}
