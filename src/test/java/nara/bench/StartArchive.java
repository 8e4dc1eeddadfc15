package nara.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jar and the archive with which {@code scripts/nara} starts a node on a large machine.
 *
 * @param jar the fat jar
 * @param options the JVM's options for the archive of classes and profiles; with them it does not
 *     start without the archive
 */
record StartArchive(Path jar, List<String> options) {
  private static final Path FOLDER = Path.of("target", "run");

  /** The first version whose archive holds profiles too. */
  private static final int AOT_VERSION = 25;

  /**
   * Has {@code scripts/nara} build the jar and write the archive, where they are missing or old.
   */
  static StartArchive prepare() throws IOException {
    Process demo =
        new ProcessBuilder("scripts/nara", "demo", "--once", "--events", "1000")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int exitCode = demo.onExit().join().exitValue();
    if (exitCode != 0) {
      throw new IllegalStateException("scripts/nara demo --once ended with " + exitCode);
    }
    int version = Runtime.version().feature();
    try (Stream<Path> files = Files.list(FOLDER)) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".archive"))
              .filter(file -> file.getFileName().toString().startsWith("node-hog-" + version + "-"))
              // An archive that could not be written is empty.
              .filter(file -> file.toFile().length() > 0)
              .max(Comparator.comparing(file -> file.toFile().lastModified()))
              .orElseThrow(() -> new IllegalStateException("no archive in " + FOLDER));
      return new StartArchive(
          FOLDER.resolve("nara.jar"),
          version >= AOT_VERSION
              ? List.of("-XX:AOTCache=" + newest, "-XX:AOTMode=on")
              : List.of("-XX:SharedArchiveFile=" + newest, "-Xshare:on"));
    }
  }
}
