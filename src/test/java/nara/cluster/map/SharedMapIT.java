package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nara.cluster.ClusterConfig;
import nara.cluster.HazelcastConfig;
import nara.cluster.LeaseQuorumCheck;
import nara.testing.FreePorts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Writes with a term to the maps of two members within this process. */
class SharedMapIT {
  private static HazelcastInstance one;
  private static HazelcastInstance other;
  private static TermTracker termTracker;
  private static TermTracker otherTerms;

  @BeforeAll
  static void begin() {
    int[] ports = FreePorts.of("127.0.0.1", 2);
    int first = ports[0];
    int second = ports[1];
    termTracker = new TermTracker();
    otherTerms = new TermTracker();
    one = member("one", first, second, termTracker);
    other = member("two", second, first, otherTerms);
  }

  @AfterAll
  static void end() {
    other.shutdown();
    one.shutdown();
  }

  private static HazelcastInstance member(String name, int port, int another, TermTracker tracker) {
    Config config =
        HazelcastConfig.of(
            new ClusterConfig(
                true,
                "shared-map-" + Math.min(port, another),
                name,
                "127.0.0.1",
                port,
                Optional.empty(),
                0,
                List.of("127.0.0.1:" + another),
                Set.of(),
                2,
                1,
                Duration.ofSeconds(30),
                Optional.empty(),
                false),
            name);
    config.getUserContext().put(TermTracker.CONTEXT_KEY, tracker);
    return Hazelcast.newHazelcastInstance(config);
  }

  @Test
  void write_changes_nothing_when_the_owner_knows_a_higher_term() throws InterruptedException {
    SharedMap map = new SharedMap(one, RecoveryProgress.PROGRESS_MAP);
    assertThat(map.write(5, Map.of("a", bytes("a"), "b", bytes("b")), false)).isZero();
    termTracker.observe(6);
    otherTerms.observe(6);

    assertThat(map.write(5, Map.of("a", bytes("late"), "c", bytes("late")), false)).isEqualTo(6);
    assertThat(map.map().get("a")).isEqualTo(bytes("a"));
    assertThat(map.map().get("c")).isNull();
    assertThat(map.write(6, Map.of("a", bytes("now")), false)).isZero();
    assertThat(map.map().get("a")).isEqualTo(bytes("now"));
  }

  @Test
  void lease_is_confirmed_only_by_members_that_see_it() throws InterruptedException {
    Duration timeout = Duration.ofSeconds(20);
    Lease mine = new Lease(7, 0, "one", "one");
    assertThat(LeaseQuorumCheck.isSeenByQuorum(one, mine, 1, timeout)).isFalse();

    one.<String, String>getMap(Lease.LEASE_MAP).put(Lease.LEASE_KEY, mine.encoded());
    assertThat(LeaseQuorumCheck.isSeenByQuorum(one, mine, 2, timeout)).isTrue();
    assertThat(LeaseQuorumCheck.isSeenByQuorum(other, mine, 2, timeout)).isTrue();
    // The cluster has only two members.
    assertThat(LeaseQuorumCheck.isSeenByQuorum(one, mine, 3, timeout)).isFalse();

    Lease theirs = new Lease(7, 0, "two", "two");
    one.<String, String>getMap(Lease.LEASE_MAP).put(Lease.LEASE_KEY, theirs.encoded());
    assertThat(LeaseQuorumCheck.isSeenByQuorum(one, mine, 1, timeout)).isFalse();
  }

  @Test
  void existing_entry_is_kept_and_empty_entry_removed() throws InterruptedException {
    SharedMap map = new SharedMap(other, EventEntry.LEDGER_MAP);
    long term = otherTerms.highest() + 10;
    assertThat(map.write(term, Map.of("kept", bytes("first"), "gone", bytes("x")), true)).isZero();
    assertThat(map.write(term, Map.of("kept", bytes("second")), true)).isZero();
    assertThat(map.write(term, Map.of("gone", new byte[0]), false)).isZero();

    assertThat(map.map().get("kept")).isEqualTo(bytes("first"));
    assertThat(map.map().containsKey("gone")).isFalse();
  }

  @Test
  void listener_receives_own_changes_only_where_a_retraction_begins_or_ends()
      throws InterruptedException {
    SharedMap map = new SharedMap(one, EventEntry.LEDGER_MAP);
    SharedMap others = new SharedMap(other, EventEntry.LEDGER_MAP);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    RemoteEntryListener listener =
        new RemoteEntryListener(map.map(), (key, value) -> received.add(text(value)));
    listener.register();
    long term = Math.max(termTracker.highest(), otherTerms.highest()) + 10;

    others.write(term, Map.of("disputed", bytes("event")), true);
    map.write(term, Map.of("disputed", bytes("event\0")), false);
    map.write(term, Map.of("disputed", bytes("event")), true);
    map.write(term, Map.of("disputed", bytes("mine")), false);
    others.write(term, Map.of("disputed", bytes("theirs")), false);

    List<String> inOrder = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      inOrder.add(received.poll(30, TimeUnit.SECONDS));
    }
    listener.unregister().join();
    assertThat(inOrder).containsExactly("event", "event\0", "event", "theirs");
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
