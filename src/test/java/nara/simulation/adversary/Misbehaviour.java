package nara.simulation.adversary;

import java.util.List;
import nara.mesh.wire.SyncRequest;

/**
 * One thing that a hostile peer does otherwise than an honest one. A peer may have several: each
 * changes what the one before it has left.
 */
public interface Misbehaviour {
  /** Changes what the peer claims to hold, once at the start. */
  default void stock(HostilePeer me, List<byte[]> events) {}

  /**
   * Changes the events of an answer to a query, before it is signed.
   *
   * @param list the honest answer; the cursor stands in it, too
   */
  default void choose(HostilePeer me, SyncRequest request, EventAnswer list) {}

  /** Gets a request of somebody, before it is answered. */
  default void receive(HostilePeer me, HostilePeer.Received request) {}

  /** Changes any answer as it goes over the wire, after it is signed. */
  default void answer(HostilePeer me, WireAnswer answer) {}

  /** Does something on its own, once the network is up. */
  default void act(HostilePeer me) {}

  /** Does something on its own, once it has joined the plaza. */
  default void join(HostilePeer me) {}

  /** Hears what somebody else has published on the plaza. */
  default void hear(HostilePeer me, String topic, byte[] payload) {}

  /** Whether it only makes sense where most neighbours are honest. */
  default boolean needsMinority() {
    return false;
  }

  /** Its name in stories. */
  default String label() {
    return getClass().getSimpleName();
  }
}
