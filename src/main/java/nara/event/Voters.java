package nara.event;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.identity.PublicKey;

/**
 * The voters of a checkpoint whose votes are valid. Keys are free to make, so how well these voters
 * are known decides what the checkpoint may do.
 *
 * @param examined whether anybody verified the votes; if not, all voters count, as in the reference
 * @param valid each key with the names that claim the voter's id with it
 */
public record Voters(boolean examined, List<Voter> valid) {
  /** Distinct voters whose votes back a checkpoint. */
  public static final int MIN = 2;

  /** Nobody verified the votes: tools, and a policy that merges everything. */
  public static final Voters UNEXAMINED = new Voters(false, List.of());

  /** A key that signed a vote, and a nara that is said to have it. */
  public record Voter(String name, PublicKey key) {}

  public static Voters of(List<Voter> valid) {
    return new Voters(true, List.copyOf(valid));
  }

  /**
   * The voters of both: a vote that was valid with a key stays valid. Without an examination of one
   * of them, the other decides.
   */
  public Voters plus(Voters other) {
    if (!examined || !other.examined) {
      return examined ? this : other;
    }
    Set<Voter> all = new LinkedHashSet<>(valid);
    return all.addAll(other.valid) ? of(List.copyOf(all)) : this;
  }
}
