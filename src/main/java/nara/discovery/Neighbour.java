package nara.discovery;

import java.util.Optional;
import java.util.Set;
import nara.identity.PublicKey;

/**
 * Another nara that this node knows of.
 *
 * @param name never empty
 * @param id nara id, or empty while unknown
 * @param address mesh address as {@code host} or {@code host:port}, or empty
 * @param online whether it answered a ping or announced itself, and has not left since
 */
public record Neighbour(
    String name,
    String id,
    String address,
    Optional<PublicKey> key,
    Set<Source> sources,
    boolean online) {
  /** A source of neighbours. */
  public enum Source {
    /** The configuration names it. */
    CONFIGURED,
    /** An address scan found it. */
    SCAN,
    /** The local Tailscale daemon lists it. */
    TAILSCALE,
    /** It announced itself on the plaza, or answered this node's announcement. */
    PLAZA,
    /** Another neighbour mentioned it. */
    HEARSAY
  }

  /** Whether only other neighbours mentioned it. */
  public boolean isHearsay() {
    return sources.equals(Set.of(Source.HEARSAY));
  }

  /** For a node that does not use the mesh. */
  Neighbour withoutAddress() {
    return new Neighbour(name, id, "", key, sources, online);
  }
}
