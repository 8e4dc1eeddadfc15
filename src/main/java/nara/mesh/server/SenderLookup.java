package nara.mesh.server;

import io.vertx.core.Future;
import java.util.OptionalInt;

/** Learns the key of a sender that nobody told us of, if that can be done. */
@FunctionalInterface
interface SenderLookup {
  /**
   * Tries to learn a key; the Future never fails.
   *
   * @param name who the sender says to be
   * @param host the address that its connection comes from
   * @param port where at that address it says to answer pings
   * @return whether the name's key is known now
   */
  Future<Boolean> learn(String name, String host, OptionalInt port);
}
