package nara.cluster;

import java.util.Optional;

/**
 * Who leads, as the cluster's map has it: one entry, only ever replaced as a whole.
 *
 * @param term grows with each leader
 * @param renewal grows each time the leader says that it is still there
 * @param holder the leader's node id; empty when the lead was given up in order
 * @param name what the leader is called
 */
record Lease(long term, long renewal, String holder, String name) {
  private static final int PARTS = 4;

  /** Whether nobody has to be waited for. */
  boolean free() {
    return holder.isEmpty();
  }

  /**
   * Whether somebody led by it. Where a first replacement was not confirmed, as on a member that is
   * cut off and does not know it yet, the entry may be there and nobody leads: its term must not
   * end the lead of another.
   */
  boolean proven() {
    return renewal > 0;
  }

  /** The same, said once more. */
  Lease renewed() {
    return new Lease(term, renewal + 1, holder, name);
  }

  /** The same, given up. */
  Lease released() {
    return new Lease(term, renewal + 1, "", "");
  }

  /** One line, the same for equal leases: the map compares texts. */
  String text() {
    return term + " " + renewal + " " + (free() ? "-" : holder) + " " + name;
  }

  /** Reads {@link #text()}; empty for anything else. */
  static Optional<Lease> parse(String text) {
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
