package nara.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nara.discovery.Neighbour;
import nara.discovery.Neighbour.Source;
import nara.status.SocialState;
import nara.testing.TestFacts;
import nara.testing.TestStatus;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
  @Test
  void every_family_has_a_sample_before_any_part_replies() {
    List<String> lines = scrape(List.of());

    for (Family family : Family.values()) {
      String sample =
          family.exposedName() + (family.type() == Family.Type.HISTOGRAM ? "_count" : "");
      assertThat(lines)
          .as(family.exposedName())
          .anyMatch(line -> line.startsWith(sample + " ") || line.startsWith(sample + "{"));
      assertThat(lines).contains("# TYPE " + family.exposedName() + " " + exposedType(family));
    }
  }

  private static String exposedType(Family family) {
    return family.type() == Family.Type.INFO ? "gauge" : family.type().label();
  }

  @Test
  void more_peers_than_the_bound_share_the_label_other() {
    Stream<Neighbour> strangers =
        IntStream.range(0, 1_000).mapToObj(i -> neighbour("stranger-" + i, Source.PLAZA, true));
    Stream<Neighbour> friends = Stream.of(neighbour("zoe", Source.CONFIGURED, false));

    List<String> lines = scrape(Stream.concat(strangers, friends).toList());

    assertThat(lines.stream().filter(line -> line.startsWith("nara_peer_up{"))).hasSize(201);
    assertThat(lines)
        .contains("nara_peer_up{peer=\"zoe\"} 0.0")
        .contains("nara_peer_up{peer=\"other\"} 801.0")
        .contains("nara_peers{state=\"online\"} 1000.0");
  }

  @Test
  void hostile_names_cannot_break_the_format_or_share_a_label() {
    String long1 = "x".repeat(1_000) + "1";
    String long2 = "x".repeat(1_000) + "2";

    List<String> lines =
        scrape(
            List.of(
                neighbour("a\"} 1\nnara_ready 1", Source.PLAZA, true),
                neighbour("other", Source.PLAZA, true),
                neighbour(long1, Source.PLAZA, true),
                neighbour(long2, Source.PLAZA, true)));

    assertThat(lines).contains("nara_ready 0.0").contains("nara_peer_up{peer=\"other\"} 2.0");
    assertThat(lines.stream().filter(line -> line.startsWith("nara_peer_up{"))).hasSize(3);
  }

  private static Neighbour neighbour(String name, Source source, boolean online) {
    return new Neighbour(name, "", "", Optional.empty(), Set.of(source), online);
  }

  private static List<String> scrape(List<Neighbour> neighbours) {
    try (MetricsRegistry registry = new MetricsRegistry()) {
      String text =
          registry
              .scrape(TestStatus.of(TestFacts.plain(), neighbours), SocialState.NONE, 0, "")
              .text();
      return Arrays.asList(text.split("\n"));
    }
  }
}
