package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Writes under a term, in the maps of two members within this process. */
class SharedMapIT {
  private static HazelcastInstance one;
  private static HazelcastInstance other;
  private static Terms terms;
  private static Terms otherTerms;

  @BeforeAll
  static void begin() {
    int[] ports = MemberProcess.freePorts("127.0.0.1", 2);
    int first = ports[0];
    int second = ports[1];
    terms = new Terms();
    otherTerms = new Terms();
    one = member("one", first, second, terms);
    other = member("two", second, first, otherTerms);
  }

  @AfterAll
  static void end() {
    other.shutdown();
    one.shutdown();
  }

  private static HazelcastInstance member(String name, int port, int another, Terms terms) {
    Config config =
        Maps.config(
            new ClusterConfig(
                true,
                "shared-map-" + Math.min(port, another),
                name,
                "127.0.0.1",
                port,
                0,
                List.of("127.0.0.1:" + another),
                Set.of(),
                2,
                1,
                Duration.ofSeconds(30),
                Optional.empty()),
            name);
    config.getUserContext().put(Maps.TERMS, terms);
    return Hazelcast.newHazelcastInstance(config);
  }

  @Test
  void a_write_of_an_older_term_than_the_owner_knows_is_refused_and_changes_nothing()
      throws InterruptedException {
    SharedMap map = new SharedMap(one, Maps.PROGRESS);
    assertThat(map.write(5, Map.of("a", bytes("a"), "b", bytes("b")), false)).isZero();
    terms.saw(6);
    otherTerms.saw(6);

    assertThat(map.write(5, Map.of("a", bytes("late"), "c", bytes("late")), false)).isEqualTo(6);
    assertThat(map.map().get("a")).isEqualTo(bytes("a"));
    assertThat(map.map().get("c")).isNull();
    assertThat(map.write(6, Map.of("a", bytes("now")), false)).isZero();
    assertThat(map.map().get("a")).isEqualTo(bytes("now"));
  }

  @Test
  void a_lease_is_confirmed_by_those_who_see_it_and_by_nobody_who_sees_another_or_none()
      throws InterruptedException {
    Duration patience = Duration.ofSeconds(20);
    Lease mine = new Lease(7, 0, "one", "one");
    assertThat(Witness.confirm(one, mine, 1, patience)).isFalse();

    one.<String, String>getMap(Maps.LEASE).put(Maps.LEADER, mine.text());
    assertThat(Witness.confirm(one, mine, 2, patience)).isTrue();
    assertThat(Witness.confirm(other, mine, 2, patience)).isTrue();
    // There are but two.
    assertThat(Witness.confirm(one, mine, 3, patience)).isFalse();

    Lease theirs = new Lease(7, 0, "two", "two");
    one.<String, String>getMap(Maps.LEASE).put(Maps.LEADER, theirs.text());
    assertThat(Witness.confirm(one, mine, 1, patience)).isFalse();
  }

  @Test
  void what_is_there_can_be_kept_and_what_holds_no_bytes_goes() throws InterruptedException {
    SharedMap map = new SharedMap(other, Maps.LEDGER);
    long term = otherTerms.highest() + 10;
    assertThat(map.write(term, Map.of("kept", bytes("first"), "gone", bytes("x")), true)).isZero();
    assertThat(map.write(term, Map.of("kept", bytes("second")), true)).isZero();
    assertThat(map.write(term, Map.of("gone", new byte[0]), false)).isZero();

    assertThat(map.map().get("kept")).isEqualTo(bytes("first"));
    assertThat(map.map().containsKey("gone")).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
