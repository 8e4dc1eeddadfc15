package nara.mesh;

import java.util.Optional;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
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
 */
public record MeshNode(
    Identity me,
    Keyring keys,
    MeshConfig config,
    SignatureVerifier verifier,
    Scheduler clock,
    NetworkClock networkClock,
    ListenPort listenPort) {
  /** A node that compares its clock with nobody else's. */
  public MeshNode(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier verifier,
      Scheduler clock,
      ListenPort listenPort) {
    this(me, keys, config, verifier, clock, new NetworkClock(clock), listenPort);
  }

  public String name() {
    return me.name();
  }

  /** The key of a name, this node's own included. */
  public Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }
}
