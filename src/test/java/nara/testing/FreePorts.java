package nara.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Ports for servers that start later. They lie below those that the system gives to connections and
 * to servers without a port of their own, so that none of these takes one in the meantime.
 */
public final class FreePorts {
  private static final int MIN_PORT = 12_000;
  private static final int MAX_PORT = 30_000;

  /** Ports that this process was given before: their servers may not have started yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** A free port on loopback. */
  public static int next() {
    return of("127.0.0.1", 1)[0];
  }

  /** Free ports of that host, all different. */
  public static int[] of(String host, int count) {
    return RandomGenerator.getDefault()
        .ints(MIN_PORT, MAX_PORT)
        .filter(port -> GIVEN.add(port) && isFree(host, port))
        .limit(count)
        .toArray();
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
