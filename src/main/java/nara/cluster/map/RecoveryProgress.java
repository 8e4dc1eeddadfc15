package nara.cluster.map;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.report.Report;

/**
 * The progress of the recovery in the cluster's map: a replay log of numbered entries, or at the
 * end the report alone. Its methods block.
 */
public final class RecoveryProgress {
  public static final String PROGRESS_MAP = "nara.progress";

  /** The key of the report. */
  public static final String REPORT_KEY = "report";

  private static final String ENTRY_KEY_FORMAT = "note.%08d";

  private final SharedMap map;

  public RecoveryProgress(HazelcastInstance hazelcast) {
    this.map = new SharedMap(hazelcast, PROGRESS_MAP);
  }

  public SharedMap sharedMap() {
    return map;
  }

  /**
   * Appends an entry. Number 0 starts a new log and removes the old one.
   *
   * @return the term that refused the write, or 0
   */
  public long append(long term, int number, ReplayLogEntry entry) throws InterruptedException {
    Map<String, byte[]> entries = new HashMap<>();
    if (number == 0) {
      entries.putAll(SharedMap.removals(map.map().keySet()));
    }
    entries.put(
        ENTRY_KEY_FORMAT.formatted(number),
        RecordCodec.encode(ReplayLogEntry.class, entry).getBytes());
    return map.write(term, entries, false);
  }

  /**
   * Stores the report, and then removes the log.
   *
   * @return the term that refused the write, or 0
   */
  public long finish(long term, Report report) throws InterruptedException {
    byte[] encoded = RecordCodec.encode(Report.class, report).getBytes();
    long refusedBy = map.write(term, Map.of(REPORT_KEY, encoded), false);
    if (refusedBy != 0) {
      return refusedBy;
    }
    Set<String> logKeys = new HashSet<>(map.map().keySet());
    logKeys.remove(REPORT_KEY);
    return map.write(term, SharedMap.removals(logKeys), false);
  }

  /** The log in order, up to its first gap: the entries after a lost one cannot be replayed. */
  public List<ReplayLogEntry> log() {
    Map<String, byte[]> all = new HashMap<>();
    map.map().forEach(all::put);
    List<ReplayLogEntry> log = new ArrayList<>();
    byte[] entry;
    while ((entry = all.get(ENTRY_KEY_FORMAT.formatted(log.size()))) != null) {
      log.add(RecordCodec.decode(ReplayLogEntry.class, Buffer.buffer(entry)));
    }
    return log;
  }

  /** The report of a finished recovery. */
  public Optional<Report> report() {
    return Optional.ofNullable(map.map().get(REPORT_KEY))
        .map(bytes -> RecordCodec.decode(Report.class, Buffer.buffer(bytes)));
  }
}
