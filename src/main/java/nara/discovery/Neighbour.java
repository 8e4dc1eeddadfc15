package nara.discovery;

import java.util.Optional;
import java.util.Set;
import nara.identity.PublicKey;

/**
 * Another nara, as far as it is known.
 *
 * @param name its name; never empty
 * @param id its nara id, or empty while unknown
 * @param address its mesh address as {@code host} or {@code host:port}, or empty without a mesh
 * @param key its key, once learned
 * @param sources where it is known from
 * @param online whether it answered or announced itself, and has not left since
 */
public record Neighbour(
    String name,
    String id,
    String address,
    Optional<PublicKey> key,
    Set<Source> sources,
    boolean online) {
  /** Where a neighbour is known from. */
  public enum Source {
    /** The configuration names it. */
    CONFIGURED,
    /** An address scan found it. */
    SCAN,
    /** The local Tailscale daemon lists it. */
    TAILSCALE,
    /** It announced itself on the plaza, or answered our announcement. */
    PLAZA,
    /** Another neighbour told of it. */
    HEARSAY
  }

  /** The same for a node that does not use the mesh. */
  Neighbour withoutAddress() {
    return new Neighbour(name, id, "", key, sources, online);
  }
}
