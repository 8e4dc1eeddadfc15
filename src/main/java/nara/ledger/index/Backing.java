package nara.ledger.index;

import java.util.stream.Stream;
import nara.event.Checkpoint;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.Standing;

/**
 * How well the voters of a checkpoint are known. Anybody can make two keys and with them a valid
 * checkpoint about any nara. So only voters that are {@link Standing#ESTABLISHED} may replace the
 * history of others. All voters that are known from one discovered host alone count as one: a
 * stranger can respond under any number of names. The answers depend on the current standings.
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

  /** Whether two voters that are at least vouched for have signed it. */
  public boolean isSupported(StoredEvent checkpoint) {
    return !checkpoint.voters().examined() || votes(checkpoint, Standing.VOUCHED) >= Voters.MIN;
  }

  /**
   * Ranks a checkpoint among those about its subject: 3 when its voters are established; 2 when two
   * of them are vouched for; 1 when two of them are as well known as the subject, so that a network
   * in which no nara is established, one on a single host, or one on a broker, keeps its
   * checkpoints; 0 when it does not count.
   *
   * @param subject the standing of the checkpoint's subject
   */
  public int rank(StoredEvent checkpoint, Standing subject) {
    if (isEstablished(checkpoint)) {
      return 3;
    }
    if (votes(checkpoint, Standing.VOUCHED) >= Voters.MIN) {
      return 2;
    }
    Stream<Voter> known = known(checkpoint, Standing.KNOWN);
    if (subject.isSupported()) {
      String host = standings.onlyHost(checkpoint.event().target());
      known =
          known.filter(
              voter -> {
                String hostOfVoter = standings.onlyHost(voter.name());
                // Without a host it is known from the broker, where all naras of a network meet.
                return hostOfVoter.isEmpty() || hostOfVoter.equals(host);
              });
    }
    return distinctKeys(known) >= Voters.MIN ? 1 : 0;
  }

  /**
   * Compares two forms of one checkpoint: below zero when the first has the better voters. The
   * better form never has the lower standing, so retention does not depend on the order of forms.
   */
  int compare(StoredEvent a, StoredEvent b) {
    Standing ofA = standing(a);
    Standing ofB = standing(b);
    if (ofA != ofB) {
      return ofB.compareTo(ofA);
    }
    int more = votes(b, ofB) - votes(a, ofA);
    // A copy without the votes of others that are vouched for must not win for having fewer bytes;
    // one with the votes of strangers must not win at all.
    return more != 0 || ofA != Standing.ESTABLISHED
        ? more
        : votes(b, Standing.VOUCHED) - votes(a, Standing.VOUCHED);
  }

  /** The best standing that two voters have. */
  private Standing standing(StoredEvent checkpoint) {
    return isEstablished(checkpoint)
        ? Standing.ESTABLISHED
        : isSupported(checkpoint) ? Standing.VOUCHED : Standing.UNKNOWN;
  }

  /** One key may have several names, and one host several keys: neither counts twice. */
  private int votes(StoredEvent checkpoint, Standing least) {
    if (!checkpoint.voters().examined()) {
      return listedVotes(checkpoint);
    }
    int keys = distinctKeys(known(checkpoint, least));
    if (least == Standing.UNKNOWN) {
      return keys;
    }
    return (int) Math.min(keys, known(checkpoint, least).map(this::countedAs).distinct().count());
  }

  /** What counts as one voter: the host that alone vouches for it, or else its key. */
  private Object countedAs(Voter voter) {
    String host = standings.onlyHost(voter.name());
    return host.isEmpty() ? voter.key() : host;
  }

  private static int listedVotes(StoredEvent checkpoint) {
    return ((Checkpoint) checkpoint.event().payload()).signatures().size();
  }

  private Stream<Voter> known(StoredEvent checkpoint, Standing least) {
    return checkpoint.voters().valid().stream()
        .filter(voter -> standings.standing(voter.name(), voter.key()).compareTo(least) >= 0);
  }

  private static int distinctKeys(Stream<Voter> voters) {
    return (int) voters.map(Voter::key).distinct().count();
  }
}
