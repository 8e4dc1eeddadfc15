package nara.cluster;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a member of a cluster may be used for. A member without any role but {@code web} keeps its
 * share of the maps and counts for the quorum, and does nothing else: a witness.
 */
public enum Role {
  /** May lead: it runs the recovery, announces the nara and owns its mesh address. */
  COORDINATOR,
  /** Keeps a view of the shared ledger, and serves the mesh from it. */
  LEDGER,
  /** Looks for neighbours, when it leads. */
  DISCOVERY,
  /** Takes fetch commands: it fetches, and verifies on its own cores. */
  MESH_SYNC,
  /** Is the nara on the plaza, when it leads. */
  MQTT_LEDGER,
  /** Fetches checkpoints, when it leads. */
  CHECKPOINT_SYNC,
  /** Has a management port. */
  WEB;

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The roles that this one cannot be had without: the leader asks those parts of its own machine,
   * and whoever judges events has to know which are held.
   */
  public Set<Role> requiredRoles() {
    return switch (this) {
      case COORDINATOR -> EnumSet.of(LEDGER, DISCOVERY, MESH_SYNC, CHECKPOINT_SYNC);
      case MESH_SYNC, MQTT_LEDGER, DISCOVERY -> EnumSet.of(LEDGER);
      case CHECKPOINT_SYNC -> EnumSet.of(LEDGER, MESH_SYNC);
      case LEDGER, WEB -> EnumSet.noneOf(Role.class);
    };
  }

  /** The role of that label. */
  public static Optional<Role> named(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
