package nara.cluster;

import java.time.Duration;
import java.util.List;
import nara.ledger.Query;
import nara.mesh.MeshRequest;
import nara.trust.TrustRequest;

/**
 * What a leader sends to a member over the clustered event bus: small, and to be made again when no
 * answer comes. Carrying one out twice does no harm.
 */
sealed interface MemberCommand {
  /** Of the lead in which it was given. */
  long term();

  /** What the leader is called. */
  String leader();

  /** Fetch one answer of a peer, judge it, and merge it into the shared ledger. */
  record Fetch(
      long term,
      String leader,
      MeshRequest.Peer peer,
      Query query,
      Duration timeout,
      Duration patience)
      implements MemberCommand {}

  /** Look for the keys that events wait for at this member. */
  record SeekKeys(long term, String leader, List<MeshRequest.Peer> peers)
      implements MemberCommand {}

  /** What a member answers. */
  sealed interface Answer {}

  /** A fetch ended. */
  record Fetched(MeshRequest.FetchOutcome outcome) implements Answer {}

  /** Keys were looked for. */
  record KeysFound(int asked, int learned, TrustRequest.Offered offered) implements Answer {}

  /** The command's term is over. */
  record Refused(long highestTerm) implements Answer {}

  /** The member could not do it; the sentence says why. */
  record Failed(String why) implements Answer {}
}
