package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import nara.identity.PublicKey;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.PlazaMessage;
import nara.profile.Buzz;
import nara.profile.Status;
import nara.testing.Citizen;
import nara.testing.Statuses;
import org.junit.jupiter.api.Test;

class PlazaPeersTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final PublicKey KEY = Citizen.named("bart").key();

  private final PlazaPeers peers = new PlazaPeers("lisa");

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
    return peers.randomSample(10, "marge", new SplittableRandom(1)).stream()
        .map(HowdyMessage.HowdyNeighbour::name)
        .toList();
  }

  @Test
  void repeated_hey_there_is_ignored() {
    assertThat(peers.onHeyThere(hello("bart", NOW), NOW)).isTrue();
    assertThat(peers.onHeyThere(hello("bart", NOW), NOW)).isFalse();
    assertThat(peers.onChau(goodbye("bart", NOW.minusSeconds(1)), NOW)).isFalse();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void peer_is_offline_after_chau_until_next_hey_there() {
    peers.onHeyThere(hello("bart", NOW), NOW);

    assertThat(peers.onChau(goodbye("bart", NOW.plusSeconds(1)), NOW)).isTrue();
    assertThat(names()).isEmpty();
    assertThat(peers.onHeyThere(hello("bart", NOW), NOW)).as("an old hello").isFalse();
    assertThat(names()).isEmpty();
    assertThat(peers.onHeyThere(hello("bart", NOW.plusSeconds(2)), NOW)).isTrue();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void hey_theres_of_another_day_are_ignored() {
    assertThat(peers.onHeyThere(hello("bart", NOW.minus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(peers.onHeyThere(hello("bart", NOW.plus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(names()).isEmpty();
  }

  @Test
  void howdy_lists_bounded_neighbours_without_recipient_and_self() {
    peers.onHeyThere(hello("lisa", NOW), NOW);
    peers.onHeyThere(hello("marge", NOW), NOW);
    assertThat(names()).isEmpty();
    for (int i = 0; i < 30; i++) {
      peers.onHeyThere(hello("n" + i, NOW), NOW);
    }
    assertThat(names()).hasSize(10).allMatch(name -> name.startsWith("n")).doesNotHaveDuplicates();
  }

  @Test
  void howdies_are_counted_since_the_last_announcement() {
    peers.countHowdyTo("bart");
    assertThat(peers.howdyCount("bart")).isZero();
    peers.onHeyThere(hello("bart", NOW), NOW);
    peers.countHowdyTo("bart");
    peers.countHowdyTo("bart");
    assertThat(peers.howdyCount("bart")).isEqualTo(2);
    peers.onHeyThere(hello("bart", NOW.plusSeconds(1)), NOW);
    assertThat(peers.howdyCount("bart")).isZero();
  }

  @Test
  void peer_table_is_bounded() {
    for (int i = 0; i < 3 * MqttLimits.MAX_PEERS; i++) {
      peers.onHeyThere(hello("n" + i, NOW), NOW);
    }
    assertThat(peers.randomSample(Integer.MAX_VALUE, "marge", new SplittableRandom(1)))
        .hasSize(MqttLimits.MAX_PEERS);
  }

  @Test
  void reported_buzz_of_online_peers_is_bounded() {
    assertThat(peers.onlineBuzz().getCount()).isZero();
    tell("bart", 100_000);
    tell("milhouse", -5);
    tell("nelson", 10);
    tell("lisa", 182);

    assertThat(peers.onlineBuzz().getMax()).isEqualTo(Buzz.MAX);
    assertThat((int) peers.onlineBuzz().getAverage()).isEqualTo(64);
    peers.onChau(goodbye("bart", NOW), NOW);
    assertThat(peers.onlineBuzz().getMax()).isEqualTo(10);
  }

  private void tell(String name, int buzz) {
    Status status = Statuses.of(Citizen.named(name).identity(), "").buzz(buzz).status();
    peers.onStatus(name, KEY, status, false, NOW);
  }
}
