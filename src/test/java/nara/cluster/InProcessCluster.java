package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.node.Blocking;
import nara.testing.FreePorts;

/** Members of one cluster within this process, each with its own instance of Vert.x. */
public final class InProcessCluster implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final List<ClusterMember> members = new ArrayList<>();

  /**
   * Joins members of the same nara one after the other, named {@code member-0} and so on.
   *
   * @param roles of each
   */
  public static InProcessCluster join(String id, List<Set<Role>> roles) {
    List<Integer> ports = Arrays.stream(FreePorts.of("127.0.0.1", roles.size())).boxed().toList();
    InProcessCluster cluster = new InProcessCluster();
    for (int i = 0; i < roles.size(); i++) {
      ClusterConfig config = config(ports, i, roles.get(i));
      cluster.members.add(
          Blocking.await(ClusterMember.join(config, id, new VertxOptions()), TIMEOUT));
    }
    MemberProcess.await(
        "all members have a quorum",
        () -> cluster.members.stream().allMatch(InProcessCluster::hasQuorum),
        () -> "");
    return cluster;
  }

  /** Hazelcast reports the quorum a moment after a member joined. */
  private static boolean hasQuorum(ClusterMember member) {
    return member
        .hazelcast()
        .getSplitBrainProtectionService()
        .getSplitBrainProtection(HazelcastConfig.QUORUM_RULE)
        .hasMinimumSize();
  }

  private static ClusterConfig config(List<Integer> ports, int i, Set<Role> roles) {
    return new ClusterConfig(
        true,
        "joined-" + ports.get(0),
        "member-" + i,
        "127.0.0.1",
        ports.get(i),
        Optional.empty(),
        0,
        ports.stream().map(port -> "127.0.0.1:" + port).toList(),
        roles,
        ports.size() / 2 + 1,
        1,
        Duration.ofSeconds(60),
        Optional.empty(),
        false);
  }

  public ClusterMember get(int i) {
    return members.get(i);
  }

  public static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }

  @Override
  public void close() {
    members.forEach(
        member ->
            await(member.vertx().close().transform(closed -> member.leave().otherwiseEmpty())));
  }
}
