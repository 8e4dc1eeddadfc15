package nara.mesh;

import java.util.Optional;
import java.util.SplittableRandom;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.coordinates.OwnCoordinate;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureVerifier;

/**
 * This node, as both ends of the mesh need it.
 *
 * @param keys verify peers; both ends add the keys that they learn
 * @param networkClock gets the times in the answers of peers
 * @param listenPort where this node serves the mesh: the server sets it
 * @param coordinate where this node is in the network
 */
public record MeshNode(
    Identity me,
    Keyring keys,
    MeshConfig config,
    SignatureVerifier verifier,
    Scheduler clock,
    NetworkClock networkClock,
    ListenPort listenPort,
    OwnCoordinate coordinate) {
  /** A node that compares its clock with nobody else's, and has measured nothing. */
  public MeshNode(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier verifier,
      Scheduler clock,
      ListenPort listenPort) {
    this(
        me,
        keys,
        config,
        verifier,
        clock,
        new NetworkClock(clock),
        listenPort,
        new OwnCoordinate(new SplittableRandom(1)));
  }

  public String name() {
    return me.name();
  }

  /** The key of a name, this node's own included. */
  public Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }
}
