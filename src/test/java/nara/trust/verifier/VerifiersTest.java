package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Choosing a verifier by name. */
class VerifiersTest {
  private static String nameOf(VerifierChoice choice) {
    return switch (choice) {
      case VerifierChoice.Available available -> available.signatureVerifier().name();
      case VerifierChoice.Unavailable unavailable -> unavailable.reason();
    };
  }

  @Test
  void auto_verifier_is_tables() {
    assertThat(nameOf(Verifiers.choose("auto", 10))).isEqualTo("tables");
    assertThat(nameOf(Verifiers.choose("tables", 0))).isEqualTo("tables");
  }

  @Test
  void every_listed_name_gives_verifier_or_reason() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.choose(name, 1))).isNotBlank();
    }
    assertThat(nameOf(Verifiers.choose("jdk", 1))).isEqualTo("jdk");
    assertThat(nameOf(Verifiers.choose("bouncycastle", 1))).isEqualTo("bouncycastle");
  }

  @Test
  void unknown_name_is_rejected_with_the_known_names() {
    assertThat(nameOf(Verifiers.choose("openssl", 1)))
        .isEqualTo(
            "unknown verifier \"openssl\"; expected one of auto, tables, corretto, bouncycastle,"
                + " jdk");
  }

  @Test
  void negative_table_limit_is_rejected_with_a_reason() {
    assertThat(nameOf(Verifiers.choose("tables", -1)))
        .isEqualTo("keys with a table: expected 0 or more, got -1");
  }

  @Test
  void tables_take_at_most_a_sixth_of_the_heap() {
    assertThat(TableVerifier.affordable(256, 72L << 20)).isEqualTo(45);
    assertThat(TableVerifier.affordable(10, 72L << 20)).isEqualTo(10);
    assertThat(TableVerifier.affordable(256, 512L << 20)).isEqualTo(256);
    assertThat(TableVerifier.affordable(1_000_000, Long.MAX_VALUE)).isEqualTo(1_000_000);
  }

  @Test
  void rechecking_verifier_differs_from_the_first_verifier() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.secondary(name))).isNotEqualTo(name).isNotEqualTo("tables");
    }
  }

  @Test
  void missing_library_of_corretto_is_told_with_what_to_do() throws Exception {
    List<URL> paths = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!path.contains("AmazonCorretto")) {
        paths.add(Path.of(path).toUri().toURL());
      }
    }
    try (URLClassLoader without =
        new URLClassLoader(paths.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> verifiers = without.loadClass(Verifiers.class.getName());

      assertThat(verifiers.getMethod("choose", String.class, int.class).invoke(null, "corretto", 1))
          .asString()
          .contains(
              "library is missing; put AmazonCorrettoCryptoProvider-linux-x86_64.jar beside"
                  + " nara.jar",
              "or use the verifier \"tables\"");
      assertThat(verifiers.getMethod("secondary", String.class).invoke(null, "tables"))
          .asString()
          .startsWith("Available");
    }
  }
}
