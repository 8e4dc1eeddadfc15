package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import nara.event.EventId;
import nara.mesh.client.MeshRequest.EventRef;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;

/**
 * The times of all distinct events that came, to compare them with the sketches of skipped peers.
 *
 * <p>A sketch tells how many events its peer holds from one point to the next. When fewer came from
 * all peers together, the peer holds one that is missing. Equal numbers prove nothing: each side
 * may hold an event that the other lacks.
 *
 * <p>It needs 24 bytes for each event. Two events are taken for one if 64 bits of their hashes are
 * equal, and the only effect is a needless fetch.
 */
final class FetchedEvents {
  private static final int INITIAL_CAPACITY = 1_024;

  /** A hash table with open addressing, at most half full; 0 marks a free place. */
  private long[] hashes = new long[2 * INITIAL_CAPACITY];

  private long[] times = new long[INITIAL_CAPACITY];
  private int count;
  private boolean sorted = true;

  /** Peers choose times and ids; without it, they could make all hashes meet in one place. */
  private final long seed;

  FetchedEvents(RandomGenerator random) {
    this.seed = random.nextLong();
  }

  void add(List<EventRef> events) {
    for (EventRef event : events) {
      if (addHash(hash(event))) {
        if (count == times.length) {
          times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = event.ts();
        sorted = false;
      }
    }
  }

  private long hash(EventRef event) {
    EventId id = event.id();
    long mixed = (event.ts() ^ seed) * 0x9E3779B97F4A7C15L;
    mixed = ((mixed ^ (mixed >>> 29)) + id.high()) * (seed | 1);
    mixed = ((mixed ^ (mixed >>> 32)) + id.low()) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    mixed ^= mixed >>> 32;
    return mixed == 0 ? 1 : mixed;
  }

  private boolean addHash(long hash) {
    if (2 * (count + 1) > hashes.length) {
      long[] before = hashes;
      hashes = new long[2 * before.length];
      for (long each : before) {
        if (each != 0) {
          hashes[placeOf(each)] = each;
        }
      }
    }
    int place = placeOf(hash);
    boolean isNew = hashes[place] == 0;
    hashes[place] = hash;
    return isNew;
  }

  /** The place of a hash, or the free one where it belongs. */
  private int placeOf(long hash) {
    int mask = hashes.length - 1;
    int place = (int) hash & mask;
    while (hashes[place] != 0 && hashes[place] != hash) {
      place = (place + 1) & mask;
    }
    return place;
  }

  /** The parts of a sketched ledger in which fewer events came than the ledger holds. */
  List<TimeRange> shortRanges(LedgerSketch sketch) {
    List<TimeRange> ranges = new ArrayList<>();
    List<SketchPoint> points = sketch.points();
    SketchPoint start = null;
    for (int i = 1; i < points.size(); i++) {
      SketchPoint from = points.get(i - 1);
      SketchPoint to = points.get(i);
      boolean isShort = between(from.ts(), to.ts()) < to.rank() - from.rank() + 1;
      if (start != null && (!isShort || isPage(start, to))) {
        ranges.add(TimeRange.between(start, from, List.of()));
        start = null;
      }
      if (isShort && start == null) {
        start = from;
      }
    }
    if (start != null) {
      ranges.add(TimeRange.between(start, points.getLast(), List.of()));
    }
    return ranges;
  }

  private static boolean isPage(SketchPoint from, SketchPoint to) {
    return to.rank() - from.rank() > (long) PagesLimits.STEPS_PER_PAGE * PagesLimits.COARSE_STEP;
  }

  /** The number of events from one time to another, both inclusive. */
  private long between(long from, long to) {
    if (!sorted) {
      Arrays.sort(times, 0, count);
      sorted = true;
    }
    return firstAfter(to) - firstAfter(from - 1);
  }

  private int firstAfter(long ts) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] > ts) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
