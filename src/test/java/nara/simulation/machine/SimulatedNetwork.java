package nara.simulation.machine;

import io.vertx.core.Future;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Hosts with addresses of their own, and a {@link Link} between every two. */
public final class SimulatedNetwork {
  private static final String PREFIX = "10.77.0.";
  private static final int FIRST_EPHEMERAL_PORT = 40_000;

  /** Far more time than an orderly end takes. A machine that needs more waits for a thread. */
  private static final Duration MAX_SHUTDOWN = Duration.ofMinutes(1);

  private static final int MAX_SHUTDOWN_STEPS = 20_000;

  private final VirtualTime time;
  private final SplittableRandom random;
  private final List<SimulatedHost> hosts = new ArrayList<>();
  private final Map<InetSocketAddress, SimulatedServerChannel> servers = new HashMap<>();
  private final Map<SimulatedHost, List<Connection>> connections = new HashMap<>();
  private final Map<String, Link> links = new TreeMap<>();
  private long trace = 0xCBF29CE484222325L;
  private int nextPort = FIRST_EPHEMERAL_PORT;

  public SimulatedNetwork(VirtualTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
  }

  public VirtualTime time() {
    return time;
  }

  /** Another host, or the one of that number again after it was killed. */
  public SimulatedHost addHost(int number) {
    SimulatedHost host = new SimulatedHost(this, PREFIX + (number + 1));
    hosts.add(host);
    return host;
  }

  /** The way between two addresses, in both directions. */
  public Link link(String one, String other) {
    String key = one.compareTo(other) < 0 ? one + ' ' + other : other + ' ' + one;
    return links.computeIfAbsent(key, first -> new Link(random.split(), Link.Quality.GOOD));
  }

  /** A number that changes with every byte that was sent, and when. */
  public long trace() {
    return trace;
  }

  void record(byte[] bytes) {
    trace = (trace ^ time.nanos()) * 0x100000001B3L;
    trace = (trace ^ Arrays.hashCode(bytes)) * 0x100000001B3L;
  }

  InetSocketAddress bind(SimulatedServerChannel server, InetSocketAddress wanted)
      throws BindException {
    int port = wanted.getPort() == 0 ? nextPort++ : wanted.getPort();
    InetSocketAddress address = address(server.host().address(), port);
    if (servers.putIfAbsent(address, server) != null) {
      throw new BindException("Address already in use");
    }
    return address;
  }

  void unbind(SimulatedServerChannel server, InetSocketAddress address) {
    servers.remove(address, server);
  }

  void connect(SimulatedChannel client, InetSocketAddress to) {
    InetSocketAddress from = address(client.host().address(), nextPort++);
    Link link = link(client.host().address(), to.getHostString());
    if (link.isBlocked()) {
      return;
    }
    time.runAfter(link.delay(0), () -> onSyn(client, from, to, link));
  }

  private void onSyn(
      SimulatedChannel client, InetSocketAddress from, InetSocketAddress to, Link link) {
    SimulatedServerChannel server = servers.get(to);
    if (server == null) {
      if (hosts.stream().anyMatch(host -> isUp(host, to))) {
        on(client.host(), link, () -> client.onRefused(new ConnectException("refused")));
      }
      return;
    }
    Connection connection = new Connection(time, link, client);
    SimulatedChannel accepted = SimulatedChannel.accepted(server, from, connection);
    connection.accepted(accepted);
    connections.computeIfAbsent(client.host(), first -> new ArrayList<>()).add(connection);
    connections.computeIfAbsent(server.host(), first -> new ArrayList<>()).add(connection);
    server.host().loop().execute(() -> server.accept(accepted));
    on(client.host(), link, () -> client.onConnected(from, to, connection));
  }

  private static boolean isUp(SimulatedHost host, InetSocketAddress address) {
    return host.address().equals(address.getHostString()) && !host.loop().isDead();
  }

  private void on(SimulatedHost host, Link link, Runnable action) {
    time.runAfter(link.latency(), () -> host.loop().execute(action));
  }

  /**
   * Shuts all machines down at the end of a simulation: Vert.x keeps clients that nobody has closed
   * in memory for ever, and with them their nodes.
   */
  public void shutDown() {
    Future<?> all = Future.join(hosts.stream().map(SimulatedHost::shutDown).toList());
    long end = time.nanos() + MAX_SHUTDOWN.toNanos();
    long maxSteps = time.steps() + MAX_SHUTDOWN_STEPS;
    while (!all.isComplete() && time.nextMoment() <= end && time.steps() < maxSteps) {
      time.step();
    }
    hosts.forEach(host -> host.kill(true));
  }

  void onKilled(SimulatedHost host, boolean silently) {
    servers.values().removeIf(server -> server.host() == host);
    connections.getOrDefault(host, List.of()).forEach(each -> each.onHostDied(host, silently));
    connections.remove(host);
  }

  private static InetSocketAddress address(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException notAnAddress) {
      throw new IllegalStateException(notAnAddress);
    }
  }
}
