package nara.cluster;

import java.time.Duration;
import java.util.List;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.trust.KeySearch.KeySearchResult;

/**
 * What a leader sends to a member over the clustered event bus: small, and to be made again when no
 * answer comes. Carrying one out twice does no harm.
 */
public sealed interface MemberCommand {
  /** Of the lead in which it was given. */
  long term();

  /** What the leader is called. */
  String leader();

  /** Fetch one answer of a peer, judge it, and merge it into the shared ledger. */
  record FetchAndMerge(
      long term,
      String leader,
      MeshRequest.Peer peer,
      Query query,
      Duration timeout,
      Duration stallTimeout)
      implements MemberCommand {}

  /** Look for the keys that events wait for at this member. */
  record SearchKeysLocally(long term, String leader, List<MeshRequest.Peer> peers)
      implements MemberCommand {}

  /** What a member answers. */
  sealed interface CommandResult {}

  /** A fetch ended. */
  record FetchCompleted(MeshRequest.FetchOutcome outcome) implements CommandResult {}

  /** Keys were looked for. */
  record KeySearchCompleted(KeySearchResult result) implements CommandResult {}

  /** The command's term is over. */
  record StaleTerm(long highestTerm) implements CommandResult {}

  /** The member could not do it; the sentence says why. */
  record CommandFailed(String reason) implements CommandResult {}
}
