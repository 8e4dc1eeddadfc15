package nara.cluster.map;

import java.util.Optional;

/**
 * Who leads, as the cluster's map has it: one entry, only ever replaced as a whole.
 *
 * @param term grows with each leader
 * @param renewalCount grows each time the leader says that it is still there
 * @param holderId the leader's node id; empty when the lead was given up in order
 * @param holderName what the leader is called
 */
public record Lease(long term, long renewalCount, String holderId, String holderName) {
  private static final int PARTS = 4;

  /** Whether nobody has to be waited for. */
  public boolean isReleased() {
    return holderId.isEmpty();
  }

  /**
   * Whether somebody led by it. Where a first replacement was not confirmed, as on a member that is
   * cut off and does not know it yet, the entry may be there and nobody leads: its term must not
   * end the lead of another.
   */
  public boolean isConfirmed() {
    return renewalCount > 0;
  }

  /** The same, said once more. */
  public Lease renewed() {
    return new Lease(term, renewalCount + 1, holderId, holderName);
  }

  /** The same, given up. */
  public Lease released() {
    return new Lease(term, renewalCount + 1, "", "");
  }

  /** One line, the same for equal leases: the map compares texts. */
  public String encoded() {
    return term + " " + renewalCount + " " + (isReleased() ? "-" : holderId) + " " + holderName;
  }

  /** Reads {@link #encoded()}; empty for anything else. */
  public static Optional<Lease> parse(String text) {
    String[] parts = text.split(" ", PARTS);
    if (parts.length < PARTS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Lease(
              Long.parseLong(parts[0]),
              Long.parseLong(parts[1]),
              parts[2].equals("-") ? "" : parts[2],
              parts[3]));
    } catch (NumberFormatException noLease) {
      return Optional.empty();
    }
  }
}
