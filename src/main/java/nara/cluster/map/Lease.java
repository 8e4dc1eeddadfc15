package nara.cluster.map;

import java.util.Optional;

/**
 * The leader's lease: the only entry of its map, always replaced as a whole.
 *
 * @param term grows with each leader
 * @param renewalCount grows with each renewal
 * @param holderId the leader's node id; empty after the leader released the lease
 * @param holderName the leader's member name
 */
public record Lease(long term, long renewalCount, String holderId, String holderName) {
  public static final String LEASE_MAP = "nara.lease";
  public static final String LEASE_KEY = "leader";

  private static final int PARTS = 4;

  /** Whether another member may take the lease at once. */
  public boolean isReleased() {
    return holderId.isEmpty();
  }

  /**
   * Whether a leader has renewed it. A member that is cut off may have written a lease that no
   * quorum confirmed. Nobody leads by such a lease, so its term must not end another lead.
   */
  public boolean isConfirmed() {
    return renewalCount > 0;
  }

  public Lease renewed() {
    return new Lease(term, renewalCount + 1, holderId, holderName);
  }

  public Lease released() {
    return new Lease(term, renewalCount + 1, "", "");
  }

  /** One line; equal leases have equal lines, because the map compares texts. */
  public String encoded() {
    return term + " " + renewalCount + " " + (isReleased() ? "-" : holderId) + " " + holderName;
  }

  /** Reads {@link #encoded()}; empty for anything else. */
  public static Optional<Lease> parse(String text) {
    String[] parts = text.split(" ", PARTS);
    if (parts.length < PARTS) {
      return Optional.empty();
    }
    String holder = parts[2].equals("-") ? "" : parts[2];
    try {
      return Optional.of(
          new Lease(Long.parseLong(parts[0]), Long.parseLong(parts[1]), holder, parts[3]));
    } catch (NumberFormatException noLease) {
      return Optional.empty();
    }
  }
}
