package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node without a cluster loads no class of Hazelcast. */
class WithoutClusterIT {
  @TempDir private Path directory;

  @Test
  void hazelcast_is_not_loaded_without_cluster() throws IOException, InterruptedException {
    Path jar = Path.of(System.getProperty("nara.jar", "target/nara.jar"));
    assumeTrue(Files.exists(jar), "there is no jar: run by mvn verify");
    Path loaded = directory.resolve("loaded");
    Process demo =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load:file=" + loaded,
                    "-jar",
                    jar.toString(),
                    "demo",
                    "--once",
                    "--events",
                    "1000",
                    "--neighbours",
                    "2"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();

    assertThat(demo.waitFor()).as(Files.readString(directory.resolve("output"))).isZero();
    try (Stream<String> classes = Files.lines(loaded)) {
      assertThat(classes.filter(line -> line.contains("hazelcast"))).isEmpty();
    }
    try (Stream<String> classes = Files.lines(loaded)) {
      assertThat(classes.filter(line -> line.contains("nara.node.NaraNode"))).isNotEmpty();
    }
  }
}
