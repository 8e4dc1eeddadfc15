package nara.checkpoint;

import java.util.HashSet;
import java.util.Optional;
import nara.event.Checkpoint;
import nara.event.EventReader;
import nara.event.Reading;

/**
 * Whether a final checkpoint is worth the judge's time: an event that holds together and names
 * enough voters. That two of their signatures are good is the judge's to find, as for every
 * checkpoint.
 */
final class FinalReader {
  private final EventReader reader = new EventReader();

  /** Why it is not taken; empty when it is to be judged. Never throws for what is in it. */
  Optional<Refusal> refusal(byte[] json) {
    if (!(reader.read(json) instanceof Reading.Read read)
        || read.fault().isPresent()
        || !read.idMatches()
        || !(read.event().payload() instanceof Checkpoint checkpoint)) {
      return Optional.of(Refusal.UNREADABLE);
    }
    // As many signatures as voters: a checkpoint without that has a fault.
    return new HashSet<>(checkpoint.voterIds()).size() < Counting.VOTES_NEEDED
        ? Optional.of(Refusal.TOO_FEW_VOTERS)
        : Optional.empty();
  }
}
