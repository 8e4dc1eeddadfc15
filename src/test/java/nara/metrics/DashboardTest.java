package nara.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard dist/grafana/nara.json; MetricsPageTest checks that its metrics exist. */
class DashboardTest {
  private static final int WIDTH = 24;

  /** Families without a panel: the age of the snapshot says the same. */
  private static final Set<String> WITHOUT_PANEL = Set.of("nara_snapshot_timestamp_seconds");

  @Test
  void every_family_has_a_panel_but_those_of_the_reference_and_the_listed_ones()
      throws IOException {
    TreeSet<String> expected =
        Arrays.stream(Family.values())
            .filter(family -> !family.ofReference())
            .map(Family::exposedName)
            .filter(name -> !WITHOUT_PANEL.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(namesIn(queries())).isEqualTo(expected);
  }

  @Test
  void every_panel_has_a_title_a_unit_a_place_and_queries_of_the_chosen_nodes() throws IOException {
    Set<Integer> ids = new TreeSet<>();
    int bottom = 0;
    int right = WIDTH;
    for (JsonObject panel : panels()) {
      String title = panel.getString("title");
      JsonObject place = panel.getJsonObject("gridPos");
      assertThat(title).isNotBlank();
      assertThat(ids.add(panel.getInteger("id"))).as(title).isTrue();
      boolean sameLine = place.getInteger("x") > 0;
      assertThat(place.getInteger("x")).as(title).isEqualTo(sameLine ? right : 0);
      assertThat(place.getInteger("y"))
          .as(title)
          .isEqualTo(sameLine ? bottom - place.getInteger("h") : bottom);
      right = place.getInteger("x") + place.getInteger("w");
      bottom = place.getInteger("y") + place.getInteger("h");
      assertThat(right).as(title).isLessThanOrEqualTo(WIDTH);
      if (panel.getString("type").equals("row")) {
        continue;
      }
      assertThat(panel.getJsonObject("fieldConfig").getJsonObject("defaults").getString("unit"))
          .as(title)
          .isNotBlank();
      assertThat(queries(panel))
          .as(title)
          .isNotEmpty()
          .allMatch(query -> query.contains("{instance=~\"$instance\""));
    }
  }

  /** The queries of the dashboard, with Grafana's variables. */
  static List<String> queries() throws IOException {
    return panels().stream().flatMap(panel -> queries(panel).stream()).toList();
  }

  private static List<String> queries(JsonObject panel) {
    return objects(panel.getJsonArray("targets", new JsonArray())).stream()
        .map(target -> target.getString("expr"))
        .toList();
  }

  private static List<JsonObject> panels() throws IOException {
    return objects(
        new JsonObject(Files.readString(Path.of("dist/grafana/nara.json"))).getJsonArray("panels"));
  }

  private static List<JsonObject> objects(JsonArray array) {
    List<JsonObject> objects = new ArrayList<>();
    array.forEach(each -> objects.add((JsonObject) each));
    return objects;
  }

  private static TreeSet<String> namesIn(List<String> queries) {
    return Pattern.compile("nara_[a-z_]+")
        .matcher(String.join("\n", queries))
        .results()
        .map(found -> found.group().replaceAll("_(bucket|sum|count)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
