package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.IntSummaryStatistics;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nara.identity.PublicKey;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.Status;
import nara.presence.Profile;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class PlazaPeersTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final PublicKey KEY = Citizen.named("bart").key();

  private final PlazaPeers plazaPeers = new PlazaPeers("lisa");

  private static PlazaMessage.VerifiedHeyThere hello(String name, Instant time) {
    return new PlazaMessage.VerifiedHeyThere(
        name, "id-" + name, "h:1", KEY, nanos(time), new byte[0]);
  }

  private static PlazaMessage.VerifiedChau goodbye(String name, Instant time) {
    return new PlazaMessage.VerifiedChau(name, KEY, nanos(time), new byte[0]);
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private java.util.List<String> names() {
    return plazaPeers.randomSample(10, "marge", new SplittableRandom(1)).stream()
        .map(HowdyMessage.HowdyNeighbour::name)
        .toList();
  }

  @Test
  void repeated_hey_there_is_ignored() {
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW), NOW)).isTrue();
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW), NOW)).isFalse();
    assertThat(plazaPeers.onChau(goodbye("bart", NOW.minusSeconds(1)), NOW)).isFalse();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void peer_is_offline_after_chau_until_next_hey_there() {
    plazaPeers.onHeyThere(hello("bart", NOW), NOW);

    assertThat(plazaPeers.onChau(goodbye("bart", NOW.plusSeconds(1)), NOW)).isTrue();
    assertThat(names()).isEmpty();
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW), NOW)).as("an old hello").isFalse();
    assertThat(names()).isEmpty();
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW.plusSeconds(2)), NOW)).isTrue();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void hey_theres_of_another_day_are_ignored() {
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW.minus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(plazaPeers.onHeyThere(hello("bart", NOW.plus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(names()).isEmpty();
  }

  @Test
  void howdy_lists_bounded_neighbours_without_recipient_and_self() {
    plazaPeers.onHeyThere(hello("lisa", NOW), NOW);
    plazaPeers.onHeyThere(hello("marge", NOW), NOW);
    assertThat(names()).isEmpty();
    for (int i = 0; i < 30; i++) {
      plazaPeers.onHeyThere(hello("n" + i, NOW), NOW);
    }
    assertThat(names()).hasSize(10).allMatch(name -> name.startsWith("n")).doesNotHaveDuplicates();
  }

  @Test
  void howdies_are_counted_since_the_last_announcement() {
    plazaPeers.countHowdyTo("bart");
    assertThat(plazaPeers.howdyCount("bart")).isZero();
    plazaPeers.onHeyThere(hello("bart", NOW), NOW);
    plazaPeers.countHowdyTo("bart");
    plazaPeers.countHowdyTo("bart");
    assertThat(plazaPeers.howdyCount("bart")).isEqualTo(2);
    plazaPeers.onHeyThere(hello("bart", NOW.plusSeconds(1)), NOW);
    assertThat(plazaPeers.howdyCount("bart")).isZero();
  }

  @Test
  void peer_table_is_bounded() {
    for (int i = 0; i < 3 * MqttLimits.MAX_PEERS; i++) {
      plazaPeers.onHeyThere(hello("n" + i, NOW), NOW);
    }
    assertThat(plazaPeers.randomSample(Integer.MAX_VALUE, "marge", new SplittableRandom(1)))
        .hasSize(MqttLimits.MAX_PEERS);
  }

  @Test
  void reported_buzz_of_online_peers_is_bounded() {
    assertThat(plazaPeers.onlineBuzz().getCount()).isZero();
    tell("bart", 100_000);
    tell("milhouse", -5);
    tell("nelson", 10);
    tell("lisa", 182);

    assertThat(plazaPeers.onlineBuzz().getMax()).isEqualTo(Buzz.MAX);
    assertThat((int) plazaPeers.onlineBuzz().getAverage()).isEqualTo(64);
    plazaPeers.onChau(goodbye("bart", NOW), NOW);
    assertThat(plazaPeers.onlineBuzz().getMax()).isEqualTo(10);
  }

  private void tell(String name, int buzz) {
    Status status =
        Status.of(Citizen.named(name).identity(), "test", "")
            .withCurrent("mqtt", "short", 1, 1, 1, buzz, 1);
    plazaPeers.onStatus(name, KEY, status, NOW);
  }

  @Test
  void buzz_falls_with_time_and_rises_with_messages() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.level(NOW)).isEqualTo(100);
    assertThat(buzz.level(NOW.plusSeconds(10))).isEqualTo(70);
    assertThat(buzz.level(NOW.plusSeconds(100))).isZero();
    buzz.add(10, NOW.plusSeconds(100));
    assertThat(buzz.level(NOW.plusSeconds(101))).isEqualTo(7);
    buzz.add(1_000, NOW.plusSeconds(102));
    assertThat(buzz.level(NOW.plusSeconds(102))).isEqualTo(Buzz.MAX);
    IntSummaryStatistics others = IntStream.of(Buzz.MAX).summaryStatistics();
    assertThat(buzz.weightedLevel(others, NOW.plusSeconds(102))).isBetween(180, 182);
  }

  @Test
  void newspaper_interval_is_between_30_seconds_and_5_minutes() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(119))).isEqualTo(100);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(120))).isEqualTo(20);
    assertThat(buzz.chattiness(182, NOW.plusSeconds(120))).isEqualTo(100);
    assertThat(Buzz.newspaperInterval(100)).isEqualTo(Duration.ofSeconds(30));
    assertThat(Buzz.newspaperInterval(20)).isEqualTo(Duration.ofSeconds(246));
    assertThat(Buzz.newspaperInterval(0)).isEqualTo(Duration.ofSeconds(300));
  }

  @Test
  void howdy_names_five_neighbours_when_the_memory_is_short() {
    assertThat(Profile.of("mqtt", "short", 20_000).howdyNeighbours()).isEqualTo(5);
    assertThat(Profile.of("mqtt", "hog", 320_000).howdyNeighbours()).isEqualTo(10);
  }
}
