package nara.checkpoint.consensus;

import java.util.HashSet;
import java.util.Optional;
import nara.event.Checkpoint;
import nara.event.ReadResult;
import nara.event.json.EventReader;

/**
 * Whether a final checkpoint is worth the judge's time: an event that holds together and names
 * enough voters. That two of their signatures are good is the judge's to find, as for every
 * checkpoint.
 */
final class FinalCheckpointFilter {
  private final EventReader reader = new EventReader();

  /** Why it is not taken; empty when it is to be judged. Never throws for what is in it. */
  Optional<RejectReason> rejectReason(byte[] json) {
    if (!(reader.read(json) instanceof ReadResult.ParsedEvent parsedEvent)
        || parsedEvent.validationError().isPresent()
        || !parsedEvent.idMatches()
        || !(parsedEvent.event().payload() instanceof Checkpoint checkpoint)) {
      return Optional.of(RejectReason.UNREADABLE);
    }
    // As many signatures as voters: a checkpoint without that has a fault.
    return new HashSet<>(checkpoint.voterIds()).size() < VoteCounting.VOTE_QUORUM
        ? Optional.of(RejectReason.TOO_FEW_VOTERS)
        : Optional.empty();
  }
}
