package nara.cluster;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The work that a member of a cluster may do. A member with no role, or with {@code web} only, is a
 * witness: it holds its part of the maps and counts for the quorum.
 */
public enum Role {
  /** May lead: the leader runs the recovery, announces the nara and owns its mesh address. */
  COORDINATOR,
  /** Keeps a view of the shared ledger, and serves the mesh from it. */
  LEDGER,
  /** Discovers neighbours while it leads. */
  DISCOVERY,
  /** Executes fetch commands, and verifies events on its own cores. */
  MESH_SYNC,
  /** Connects the nara to the plaza while it leads. */
  MQTT_LEDGER,
  /** Fetches checkpoints while it leads. */
  CHECKPOINT_SYNC,
  /** Has a management port. */
  WEB;

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The roles that this one needs. A leader sends requests to those parts on its own machine, and a
   * part that verifies events queries the view.
   */
  public Set<Role> requiredRoles() {
    return switch (this) {
      case COORDINATOR -> EnumSet.of(LEDGER, DISCOVERY, MESH_SYNC, CHECKPOINT_SYNC);
      case MESH_SYNC, MQTT_LEDGER, DISCOVERY -> EnumSet.of(LEDGER);
      case CHECKPOINT_SYNC -> EnumSet.of(LEDGER, MESH_SYNC);
      case LEDGER, WEB -> EnumSet.noneOf(Role.class);
    };
  }

  public static Optional<Role> named(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
