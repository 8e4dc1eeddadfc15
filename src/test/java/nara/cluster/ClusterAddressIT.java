package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.mesh.wire.PeerAddress;
import nara.testing.FreePorts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member's host as a name, an IPv6 address, and behind another address. */
class ClusterAddressIT {
  @ParameterizedTest
  @ValueSource(strings = {"localhost", "::1"})
  void two_members_join_at_a_name_or_an_ipv6_address(String host) {
    int[] ports = FreePorts.of(host, 2);
    List<String> addresses =
        List.of(
            new PeerAddress(host, ports[0]).toString(), new PeerAddress(host, ports[1]).toString());
    ClusterMember one = join(config(host, ports[0], Optional.empty(), addresses));
    ClusterMember two = join(config(host, ports[1], Optional.empty(), addresses));
    try {
      assertThat(two.members()).hasSize(2);
      assertThat(two.hasQuorum()).isTrue();
    } finally {
      leave(two);
      leave(one);
    }
  }

  @Test
  void members_behind_nat_join_by_their_advertised_addresses() {
    int[] ports = FreePorts.of("127.0.0.1", 2);
    List<String> addresses = List.of("localhost:" + ports[0], "localhost:" + ports[1]);
    ClusterMember one =
        join(config("127.0.0.1", ports[0], PeerAddress.parse(addresses.get(0)), addresses));
    ClusterMember two =
        join(config("127.0.0.1", ports[1], PeerAddress.parse(addresses.get(1)), addresses));
    try {
      assertThat(two.members()).hasSize(2);
    } finally {
      leave(two);
      leave(one);
    }
  }

  @Test
  void name_that_cannot_be_looked_up_is_refused_with_a_sentence() {
    int port = FreePorts.of("127.0.0.1", 1)[0];
    ClusterConfig config =
        config("no-such-host.invalid", port, Optional.empty(), List.of("127.0.0.1:" + port));

    assertThatThrownBy(() -> join(config))
        .hasMessageContaining("cluster.host: \"no-such-host.invalid\" cannot be looked up");
  }

  private static ClusterMember join(ClusterConfig config) {
    return InProcessCluster.await(ClusterMember.join(config, "id", new VertxOptions()));
  }

  private static void leave(ClusterMember member) {
    InProcessCluster.await(
        member.vertx().close().transform(closed -> member.leave().otherwiseEmpty()));
  }

  private static ClusterConfig config(
      String host, int port, Optional<PeerAddress> advertise, List<String> members) {
    return new ClusterConfig(
        true,
        "addresses-" + members.get(0),
        "",
        host,
        port,
        advertise,
        0,
        members,
        Set.of(),
        2,
        1,
        Duration.ofSeconds(10),
        Optional.empty(),
        true);
  }
}
