package nara.stash;

import java.time.Duration;
import nara.ledger.MemoryMode;
import nara.stash.wire.StashLimits;

/**
 * The stash of a node.
 *
 * @param enabled whether the node keeps stashes of others and has one of its own
 * @param essentials whether its own stash holds its neighbours and its last checkpoint
 * @param checkEvery how often it checks that its confidants still hold its stash
 */
public record StashConfig(boolean enabled, boolean essentials, Duration checkEvery) {
  /** The essentials are kept; a check every half hour costs three requests. */
  public static StashConfig defaults() {
    return new StashConfig(true, true, Duration.ofMinutes(30));
  }

  /** No stash at all. */
  public static StashConfig disabled() {
    return new StashConfig(false, false, defaults().checkEvery());
  }

  /** How many owners a node of that memory keeps a stash for. */
  static int maxOwners(MemoryMode memory) {
    return switch (memory) {
      case SHORT -> StashLimits.OWNERS_SHORT;
      case MEDIUM -> StashLimits.OWNERS_MEDIUM;
      case HOG -> StashLimits.OWNERS_HOG;
    };
  }
}
