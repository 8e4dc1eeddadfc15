package nara.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares docs/metrics.md, the alerts and the dashboard with the program. With the environment
 * variable NARA_WRITE_DOCS the test writes the table of the page instead.
 */
class MetricsPageTest {
  private static final Path PAGE = Path.of("docs/metrics.md");
  private static final String BEGIN = "<!-- families: begin -->\n";
  private static final String END = "<!-- families: end -->\n";

  @Test
  void page_lists_all_families() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (System.getenv("NARA_WRITE_DOCS") != null) {
      Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
      return;
    }

    assertThat(page.substring(begin, end)).isEqualTo(table());
  }

  private static String table() {
    return "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n"
        + Arrays.stream(Family.values()).map(MetricsPageTest::row).collect(Collectors.joining());
  }

  private static String row(Family family) {
    String labels =
        family.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |\n"
        .formatted(family.exposedName(), family.type().label(), labels, family.help());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dist/prometheus/alerts.yml",
        "dist/prometheus/alerts_test.yml",
        "dist/grafana/nara.json"
      })
  void files_of_dist_name_only_metrics_of_the_program(String file) throws IOException {
    TreeSet<String> known =
        Arrays.stream(Family.values())
            .map(Family::exposedName)
            .collect(Collectors.toCollection(TreeSet::new));

    Stream<String> named =
        Pattern.compile("nara_[a-z_]+")
            .matcher(Files.readString(Path.of(file)))
            .results()
            .map(found -> found.group().replaceAll("_(bucket|sum|count)$", ""));

    assertThat(named).isNotEmpty().allMatch(known::contains);
  }
}
