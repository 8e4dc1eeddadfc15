package nara.checkpoint.consensus;

import java.util.HashSet;
import java.util.Optional;
import nara.event.Checkpoint;
import nara.event.ReadResult;
import nara.event.json.EventReader;

/**
 * Filters final checkpoints before the costly verification: a valid event with enough distinct
 * voters passes. Trust then verifies the signatures, as of every checkpoint.
 */
final class FinalCheckpointFilter {
  private final EventReader reader = new EventReader();

  /** Why it does not pass; empty when it does. Any bytes are allowed. */
  Optional<RejectReason> rejectReason(byte[] json) {
    if (!(reader.read(json) instanceof ReadResult.ParsedEvent parsed)
        || parsed.validationError().isPresent()
        || !parsed.idMatches()
        || !(parsed.event().payload() instanceof Checkpoint checkpoint)) {
      return Optional.of(RejectReason.UNREADABLE);
    }
    return new HashSet<>(checkpoint.voterIds()).size() < VoteCounting.VOTE_QUORUM
        ? Optional.of(RejectReason.TOO_FEW_VOTERS)
        : Optional.empty();
  }
}
