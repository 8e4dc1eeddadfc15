package nara.cluster;

import java.time.Duration;
import java.util.List;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.trust.KeySearch.KeySearchResult;

/**
 * Commands of a leader to a member, over the clustered event bus. They are small and idempotent;
 * the leader sends a command again when no reply arrives.
 */
public sealed interface MemberCommand {
  /** The term of the leader that sent it. */
  long term();

  /** The leader's name. */
  String leader();

  /** Fetch one response of a peer, verify its events and merge them into the shared ledger. */
  record FetchAndMerge(
      long term,
      String leader,
      MeshRequest.Peer peer,
      Query query,
      Duration timeout,
      Duration stallTimeout)
      implements MemberCommand {}

  /** Search the keys of this member's quarantined events. */
  record SearchKeysLocally(long term, String leader, List<MeshRequest.Peer> peers)
      implements MemberCommand {}

  /** A member's reply. */
  sealed interface CommandResult {}

  record FetchCompleted(MeshRequest.FetchOutcome outcome) implements CommandResult {}

  record KeySearchCompleted(KeySearchResult result) implements CommandResult {}

  /** The member has seen a higher term, and refused the command. */
  record StaleTerm(long highestTerm) implements CommandResult {}

  record CommandFailed(String reason) implements CommandResult {}
}
