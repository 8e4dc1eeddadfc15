package nara.node.config;

import java.util.ArrayList;
import java.util.List;
import nara.cluster.ClusterConfig;
import nara.mesh.wire.AddressPolicy;

/** Two servers of a node cannot listen on one port. */
final class PortConflicts {
  /**
   * A server of the node.
   *
   * @param port 0 takes a free one
   */
  private record Server(String section, String key, String host, int port) {
    boolean conflictsWith(Server other) {
      return port != 0 && port == other.port && sharesAddress(host, other.host);
    }

    private static boolean sharesAddress(String one, String other) {
      return one.equals(other)
          || AddressPolicy.isWildcard(one)
          || AddressPolicy.isWildcard(other)
          || (isLocalhost(one) && AddressPolicy.isLoopback(other))
          || (isLocalhost(other) && AddressPolicy.isLoopback(one));
    }

    private static boolean isLocalhost(String host) {
      return host.equalsIgnoreCase("localhost");
    }
  }

  private PortConflicts() {}

  static void check(ConfigSection root, NodeConfig config) {
    List<Server> servers = new ArrayList<>();
    if (config.usesMesh()) {
      servers.add(new Server("mesh", "port", config.mesh().host(), config.mesh().port()));
    }
    if (config.web().enabled()) {
      servers.add(new Server("web", "port", config.web().host(), config.web().port()));
    }
    ClusterConfig cluster = config.cluster();
    // The option --cluster can turn it on.
    if (cluster.enabled() || !cluster.members().isEmpty()) {
      servers.add(new Server("cluster", "port", cluster.host(), cluster.port()));
      servers.add(new Server("cluster", "bus_port", cluster.host(), cluster.busPort()));
    }
    for (int i = 1; i < servers.size(); i++) {
      Server later = servers.get(i);
      servers.subList(0, i).stream()
          .filter(later::conflictsWith)
          .forEach(
              earlier ->
                  root.addProblem(
                      later.section(),
                      later.key(),
                      "%d is also %s.%s; give each a port of its own"
                          .formatted(later.port(), earlier.section(), earlier.key())));
    }
  }
}
