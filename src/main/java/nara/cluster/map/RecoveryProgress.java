package nara.cluster.map;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.cluster.HazelcastConfig;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.report.Report;

/**
 * How far the recovery is, in the cluster's map: what happened, in numbered notes, or in the end
 * the report alone. Its methods block.
 */
public final class RecoveryProgress {
  /** Where the report stands. */
  public static final String REPORT_KEY = "report";

  private static final String NOTE_KEY_FORMAT = "note.%08d";

  private final SharedMap sharedMap;

  public RecoveryProgress(HazelcastInstance hazelcast) {
    this.sharedMap = new SharedMap(hazelcast, HazelcastConfig.PROGRESS_MAP);
  }

  public SharedMap sharedMap() {
    return sharedMap;
  }

  /**
   * Keeps what happened. The first note begins anew: those of before go.
   *
   * @return the term that refused it, or 0
   */
  public long append(long term, int number, ReplayLogEntry entry) throws InterruptedException {
    Map<String, byte[]> entries = new HashMap<>();
    if (number == 0) {
      sharedMap.map().keySet().forEach(key -> entries.put(key, new byte[0]));
    }
    entries.put(
        NOTE_KEY_FORMAT.formatted(number),
        RecordCodec.encode(ReplayLogEntry.class, entry).getBytes());
    return sharedMap.write(term, entries, false);
  }

  /** Keeps the report, and no note any longer. */
  public long finish(long term, Report report) throws InterruptedException {
    long refused =
        sharedMap.write(
            term, Map.of(REPORT_KEY, RecordCodec.encode(Report.class, report).getBytes()), false);
    if (refused != 0) {
      return refused;
    }
    Map<String, byte[]> removals = new HashMap<>();
    sharedMap.map().keySet().forEach(key -> removals.put(key, new byte[0]));
    removals.remove(REPORT_KEY);
    return sharedMap.write(term, removals, false);
  }

  /** All notes without a gap before them, in order: what comes after a lost one cannot be used. */
  public List<ReplayLogEntry> notes() {
    List<ReplayLogEntry> notes = new ArrayList<>();
    Map<String, byte[]> all = new HashMap<>();
    sharedMap.map().forEach(all::put);
    for (byte[] note = all.get(NOTE_KEY_FORMAT.formatted(0));
        note != null;
        note = all.get(NOTE_KEY_FORMAT.formatted(notes.size()))) {
      notes.add(RecordCodec.decode(ReplayLogEntry.class, Buffer.buffer(note)));
    }
    return notes;
  }

  /** The report of the recovery, when it is over. */
  public Optional<Report> report() {
    return Optional.ofNullable(sharedMap.map().get(REPORT_KEY))
        .map(bytes -> RecordCodec.decode(Report.class, Buffer.buffer(bytes)));
  }
}
