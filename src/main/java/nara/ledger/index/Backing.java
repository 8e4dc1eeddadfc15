package nara.ledger.index;

import nara.event.Checkpoint;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.Standing;

/**
 * How well the voters of a checkpoint are known. Anybody can make two keys and with them a valid
 * checkpoint about any nara. So only voters that are {@link Standing#ESTABLISHED} may replace the
 * history of others. The answers follow the standings of now.
 */
public final class Backing {
  private final Standing.Lookup standings;

  public Backing(Standing.Lookup standings) {
    this.standings = standings;
  }

  /**
   * Whether a checkpoint may remove restarts: two established voters have signed it. Removed events
   * do not come back, so less does not suffice.
   */
  public boolean isEstablished(StoredEvent checkpoint) {
    return !checkpoint.voters().examined() || votes(checkpoint, Standing.ESTABLISHED) >= Voters.MIN;
  }

  /**
   * Ranks a checkpoint among those about its subject: 2 when its voters are established; 1 when two
   * of them are at least as well known as the subject, so that a network in which no nara is
   * established keeps its checkpoints; 0 when it does not count.
   *
   * @param subject the standing of the checkpoint's subject
   */
  public int rank(StoredEvent checkpoint, Standing subject) {
    if (isEstablished(checkpoint)) {
      return 2;
    }
    return subject != Standing.ESTABLISHED && votes(checkpoint, Standing.KNOWN) >= Voters.MIN
        ? 1
        : 0;
  }

  /**
   * Compares two forms of one checkpoint: below zero when the first has more established voters.
   * With too few established ones in both, when it has more valid votes.
   */
  int compare(StoredEvent a, StoredEvent b) {
    int ofA = votes(a, Standing.ESTABLISHED);
    int ofB = votes(b, Standing.ESTABLISHED);
    return ofA != ofB || ofA >= Voters.MIN
        ? ofB - ofA
        : votes(b, Standing.UNKNOWN) - votes(a, Standing.UNKNOWN);
  }

  /** The number of distinct keys with a valid vote whose nara has at least that standing. */
  private int votes(StoredEvent stored, Standing least) {
    if (!stored.voters().examined()) {
      return ((Checkpoint) stored.event().payload()).signatures().size();
    }
    return (int)
        stored.voters().valid().stream()
            .filter(voter -> standing(voter).compareTo(least) >= 0)
            .map(Voter::key)
            .distinct()
            .count();
  }

  private Standing standing(Voter voter) {
    return standings.standing(voter.name(), voter.key());
  }
}
