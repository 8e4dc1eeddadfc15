package nara.ledger;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import nara.event.EventId;
import nara.event.Service;
import nara.ledger.InspectionRequest.EventFilter;
import nara.ledger.InspectionRequest.EventList;
import nara.ledger.InspectionRequest.FoundEvent;
import nara.ledger.InspectionRequest.SubjectDescription;
import nara.ledger.InspectionRequest.TimeCounts;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.index.EventIndex;
import nara.ledger.index.EventVariants;
import nara.ledger.index.MergeCursor;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * Answers {@link InspectionRequest} from the ledger's indexes. With n events and k returned, a list
 * costs O(log n + k); with a subject and no service, a step for each skipped event more.
 */
public final class LedgerInspection {
  /** Checkpoints that are read for the newest of each subject: more than honest nodes keep. */
  private static final int MAX_CHECKPOINTS_READ = 20_000;

  private final EventIndex eventIndex;
  private final EventVariants variants;
  private final SubjectProjection projection;

  LedgerInspection(EventIndex eventIndex, EventVariants variants, SubjectProjection projection) {
    this.eventIndex = eventIndex;
    this.variants = variants;
    this.projection = projection;
  }

  /** The events that pass a filter, newest first; see {@link InspectionRequest.ListEvents}. */
  public EventList list(EventFilter filter, int offset, int limit) {
    // With one subject, no event is in two of the indexes.
    List<SortedIndex> indexes = eventIndex.matching(filter.services(), filter.subjects());
    int total = 0;
    int below = 0;
    for (SortedIndex index : indexes) {
      int first = firstRank(index, filter.after());
      total += Math.max(0, index.rankAfter(filter.before()) - first);
      below += Math.max(0, endRank(index, filter) - first);
    }
    int skipped = Math.clamp(offset, 0, Math.min(below, InspectionRequest.MAX_OFFSET));
    int size = Math.min(Math.clamp(limit, 0, InspectionRequest.MAX_EVENTS), below - skipped);
    int stepsOver = indexes.size() == 1 ? 0 : skipped;
    int jump = skipped - stepsOver;
    MergeCursor cursor =
        MergeCursor.descending(indexes, index -> endRank(index, filter) - 1 - jump);
    for (int i = 0; i < stepsOver; i++) {
      cursor.next();
    }
    List<JudgedEvent> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      events.add(judged(cursor.next()));
    }
    return new EventList(events, total, below > skipped + size);
  }

  private static int firstRank(SortedIndex index, long after) {
    return after == Long.MIN_VALUE ? 0 : index.rankAfter(after - 1);
  }

  private static int endRank(SortedIndex index, EventFilter filter) {
    int end = index.rankAfter(filter.before());
    return filter.below().map(p -> Math.min(end, index.rankOf(p.ts(), p.id()))).orElse(end);
  }

  /**
   * The events of each service over time; see {@link InspectionRequest.CountByTime}. It costs O(log
   * n) for each span and service.
   */
  public TimeCounts countByTime(OptionalLong after, OptionalLong before, int spans) {
    SortedIndex all = eventIndex.all();
    int count = Math.clamp(spans, 1, InspectionRequest.MAX_SPANS);
    long oldest = all.isEmpty() ? 0 : all.first().event().ts();
    long newest = all.isEmpty() ? 0 : all.get(all.size() - 1).event().ts();
    // No event is before 1970, and so no difference overflows.
    long start = Math.max(0, after.orElse(Math.min(oldest, before.orElse(oldest))));
    long end = Math.max(start, before.orElse(newest));
    // Both ends belong to the range.
    long length = Math.min((end - start) / count, Long.MAX_VALUE - 1) + 1;
    Map<Service, List<Integer>> byService = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      SortedIndex index = eventIndex.events(service);
      if (!index.isEmpty()) {
        byService.put(service, counts(index, start, length, count));
      }
    }
    return new TimeCounts(start, length, byService);
  }

  private static List<Integer> counts(SortedIndex index, long start, long length, int spans) {
    List<Integer> counts = new ArrayList<>(spans);
    int rank = firstRank(index, start);
    for (int i = 1; i <= spans; i++) {
      int next = Math.max(rank, firstRank(index, saturatedEnd(start, length, i)));
      counts.add(next - rank);
      rank = next;
    }
    return counts;
  }

  private static long saturatedEnd(long start, long length, int spans) {
    long end = start + length * spans;
    return end < start ? Long.MAX_VALUE : end;
  }

  /** The visible event with an id, and its rank. */
  public FoundEvent find(EventId id) {
    StoredEvent stored = variants.visible(id);
    return new FoundEvent(
        Optional.ofNullable(stored).map(LedgerInspection::judged),
        stored == null ? -1 : eventIndex.all().rankOf(stored.event().ts(), id),
        variants.size());
  }

  /** The newest checkpoint of each subject, newest first. */
  public List<JudgedEvent> latestCheckpoints(int limit) {
    List<JudgedEvent> latest = new ArrayList<>();
    Set<String> subjects = new HashSet<>();
    int read = 0;
    for (StoredEvent stored : eventIndex.events(Service.CHECKPOINT).descending()) {
      if (latest.size() >= limit || ++read > MAX_CHECKPOINTS_READ) {
        break;
      }
      if (subjects.add(stored.event().target())) {
        latest.add(judged(stored));
      }
    }
    return latest;
  }

  /** The ledger's facts about subjects at a time, Unix seconds. */
  public Map<String, SubjectDescription> describe(List<String> subjects, long atSeconds) {
    Map<String, SubjectDescription> described = new HashMap<>();
    subjects.stream()
        .limit(InspectionRequest.MAX_SUBJECTS)
        .forEach(subject -> described.put(subject, projection.describe(subject, atSeconds)));
    return described;
  }

  private static JudgedEvent judged(StoredEvent stored) {
    return new JudgedEvent(stored.event(), stored.verdict(), stored.voters());
  }
}
