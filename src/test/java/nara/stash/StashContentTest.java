package nara.stash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nara.stash.Essentials.KnownNara;
import nara.stash.wire.StashLimits;
import org.junit.jupiter.api.Test;

class StashContentTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final long SECONDS = NOW.getEpochSecond();
  private static final KnownNara BART = nara("bart", SECONDS - 60);

  @Test
  void content_is_read_back_as_it_was_written() {
    StashContent content =
        StashContent.EMPTY
            .withData(new byte[] {0, 1, -1}, NOW)
            .withEssentials(new Essentials("abc", List.of(BART)), NOW);

    assertThat(StashContent.read(content.plaintext(), 5)).isEqualTo(content);
    assertThat(content.toString()).doesNotContain("bart");
  }

  @Test
  void text_in_another_form_is_the_data_of_another_program() {
    byte[] foreign = "{\"hello\":\"world\",\"n\":1}".getBytes(UTF_8);
    StashContent content = StashContent.read(foreign, 77);

    assertThat(content.data()).hasValue(foreign);
    assertThat(content.writtenAt()).isEqualTo(77);
  }

  @Test
  void newer_data_wins_and_neighbours_of_both_stay() {
    StashContent former =
        StashContent.EMPTY
            .withData("old".getBytes(UTF_8), NOW.minusSeconds(100))
            .withEssentials(new Essentials("", List.of(BART)), NOW.minusSeconds(50));
    StashContent fresh =
        StashContent.EMPTY.withEssentials(
            new Essentials("id", List.of(nara("lisa", SECONDS))), NOW);

    StashContent merged = fresh.mergedWith(former, NOW);

    assertThat(merged.data()).hasValue("old".getBytes(UTF_8));
    assertThat(merged.essentials().neighbours())
        .extracting(KnownNara::name)
        .containsExactly("bart", "lisa");
    assertThat(merged.writtenAt()).isGreaterThan(fresh.writtenAt());
    assertThat(merged.mergedWith(former, NOW)).isSameAs(merged);
    StashContent set = merged.withData("new".getBytes(UTF_8), NOW);
    assertThat(set.mergedWith(former, NOW)).isSameAs(set);
  }

  @Test
  void essentials_keep_the_neighbours_seen_last_up_to_a_limit() {
    List<KnownNara> many =
        IntStream.range(0, 100).mapToObj(i -> nara("nara-" + i, SECONDS - i)).toList();
    Essentials essentials =
        Essentials.NONE
            .updated("", many, NOW)
            .updated("", List.of(nara("gone", SECONDS - 40L * 86_400)), NOW);

    assertThat(essentials.neighbours())
        .hasSize(StashLimits.KNOWN_NARAS)
        .allMatch(each -> each.seenAt() > SECONDS - StashLimits.KNOWN_NARAS);
  }

  private static KnownNara nara(String name, long seenAt) {
    return new KnownNara(name, name + "-id", Optional.empty(), "100.64.0.1:7433", seenAt);
  }
}
