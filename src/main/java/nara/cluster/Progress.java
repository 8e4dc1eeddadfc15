package nara.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.recovery.Report;
import nara.recovery.SharedWork.Noted;

/**
 * How far the recovery is, in the cluster's map: what happened, in numbered notes, or in the end
 * the report alone. Its methods block.
 */
final class Progress {
  /** Where the report stands. */
  static final String REPORT = "report";

  private static final String NOTE = "note.%08d";

  private final SharedMap shared;

  Progress(HazelcastInstance hazelcast) {
    this.shared = new SharedMap(hazelcast, Maps.PROGRESS);
  }

  SharedMap shared() {
    return shared;
  }

  /**
   * Keeps what happened. The first note begins anew: those of before go.
   *
   * @return the term that refused it, or 0
   */
  long note(long term, int number, Noted what) throws InterruptedException {
    Map<String, byte[]> entries = new HashMap<>();
    if (number == 0) {
      shared.map().keySet().forEach(key -> entries.put(key, new byte[0]));
    }
    entries.put(NOTE.formatted(number), Wire.write(Noted.class, what).getBytes());
    return shared.write(term, entries, false);
  }

  /** Keeps the report, and no note any longer. */
  long conclude(long term, Report report) throws InterruptedException {
    long refused =
        shared.write(term, Map.of(REPORT, Wire.write(Report.class, report).getBytes()), false);
    if (refused != 0) {
      return refused;
    }
    Map<String, byte[]> gone = new HashMap<>();
    shared.map().keySet().forEach(key -> gone.put(key, new byte[0]));
    gone.remove(REPORT);
    return shared.write(term, gone, false);
  }

  /** All notes without a gap before them, in order: what comes after a lost one cannot be used. */
  List<Noted> notes() {
    List<Noted> notes = new ArrayList<>();
    Map<String, byte[]> all = new HashMap<>();
    shared.map().forEach(all::put);
    for (byte[] note = all.get(NOTE.formatted(0));
        note != null;
        note = all.get(NOTE.formatted(notes.size()))) {
      notes.add(Wire.read(Noted.class, Buffer.buffer(note)));
    }
    return notes;
  }

  /** The report of the recovery, when it is over. */
  Optional<Report> report() {
    return Optional.ofNullable(shared.map().get(REPORT))
        .map(bytes -> Wire.read(Report.class, Buffer.buffer(bytes)));
  }
}
