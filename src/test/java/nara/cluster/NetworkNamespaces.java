package nara.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Network namespaces for processes, each with a link to a common bridge. A link can be cut. */
final class NetworkNamespaces implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkNamespaces.class);

  private final String prefix;
  private final String subnet;
  private final int count;

  private NetworkNamespaces(String prefix, String subnet, int count) {
    this.prefix = prefix;
    this.subnet = subnet;
    this.count = count;
  }

  /** Whether this machine allows network namespaces. */
  static boolean isSupported() {
    String name = "nara" + RandomGenerator.getDefault().nextInt(100_000);
    try {
      return run("ip", "netns", "add", name) == 0 && run("ip", "netns", "del", name) == 0;
    } catch (UncheckedIOException noSuchProgram) {
      return false;
    }
  }

  static NetworkNamespaces of(int count) {
    int number = RandomGenerator.getDefault().nextInt(1, 250);
    NetworkNamespaces namespaces =
        new NetworkNamespaces("nara" + number + "-", "10.213." + number + ".", count);
    runChecked("ip", "link", "add", namespaces.prefix + "sw", "type", "bridge");
    runChecked(
        "ip", "addr", "add", namespaces.hostAddress() + "/24", "dev", namespaces.prefix + "sw");
    runChecked("ip", "link", "set", namespaces.prefix + "sw", "up");
    for (int i = 0; i < count; i++) {
      namespaces.add(i);
    }
    return namespaces;
  }

  private void add(int i) {
    runChecked("ip", "netns", "add", name(i));
    runChecked(
        "ip", "link", "add", vethName(i), "type", "veth", "peer", "name", "eth0", "netns", name(i));
    runChecked("ip", "link", "set", vethName(i), "master", prefix + "sw", "up");
    inside(i, "ip", "addr", "add", address(i) + "/24", "dev", "eth0");
    inside(i, "ip", "link", "set", "eth0", "up");
    inside(i, "ip", "link", "set", "lo", "up");
  }

  private void inside(int i, String... command) {
    List<String> all = new ArrayList<>(commandPrefix(i));
    all.addAll(List.of(command));
    runChecked(all.toArray(String[]::new));
  }

  /** The prefix of a command that runs in the namespace. */
  List<String> commandPrefix(int i) {
    return List.of("ip", "netns", "exec", name(i));
  }

  String address(int i) {
    return subnet + (i + 1);
  }

  /** The address of this process for the namespaces. */
  String hostAddress() {
    return subnet + "254";
  }

  void cut(int i) {
    runChecked("ip", "link", "set", vethName(i), "down");
  }

  void heal(int i) {
    runChecked("ip", "link", "set", vethName(i), "up");
  }

  private String name(int i) {
    return prefix + i;
  }

  private String vethName(int i) {
    return prefix + "c" + i;
  }

  private static void runChecked(String... command) {
    int status = run(command);
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + status);
    }
  }

  private static int run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        LOG.info("{}: {}", String.join(" ", command), output);
      }
      return status;
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < count; i++) {
      // Delete the link first: open connections of a dead process keep a namespace for minutes.
      run("ip", "link", "del", vethName(i));
      run("ip", "netns", "del", name(i));
    }
    run("ip", "link", "del", prefix + "sw");
  }
}
