package nara.ledger.retention;

import java.util.Arrays;
import nara.ledger.retention.Share.Group;

/** The amounts of one kind of room, events or bytes, that pings and each group use. */
final class RoomUse {
  private long pings;
  private final long[] groups = new long[Group.values().length];

  long pings() {
    return pings;
  }

  long of(Group group) {
    return groups[group.ordinal()];
  }

  long total() {
    return pings + Arrays.stream(groups).sum();
  }

  void addPings(long amount) {
    pings += amount;
  }

  void add(Group group, long amount) {
    groups[group.ordinal()] += amount;
  }
}
