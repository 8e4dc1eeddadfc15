package nara.recovery;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.Fetched;
import nara.recovery.Calls.Call;

/** What the pages rung did, for progress and the report. */
final class PagesAccount {
  private int answers;
  private int failures;
  private long probed;
  private long added;
  private String lastFailure = "";

  void answered(Call call, Fetched page) {
    answers++;
    added += page.offered().added();
    switch (call.purpose()) {
      case MEASURE, PROBE, CHECK, PROVE -> probed += page.events();
      case KEYS, CHECKPOINTS, OWN, MORE_KEYS, WALK -> {}
    }
  }

  void failed(Call call, FetchFailed failed) {
    failures++;
    lastFailure = call.name() + ": " + failed.reason();
  }

  /** New events so far. */
  long added() {
    return added;
  }

  boolean nothingCame() {
    return answers == 0;
  }

  boolean mostlyFailed() {
    return failures > answers;
  }

  /**
   * A sentence about it.
   *
   * @param peers all that were asked
   * @param walked those whose events were walked, by themselves or by an equal
   * @param groups of equals among those
   * @param skipped those who were passed over
   */
  String summary(
      int peers,
      Set<String> walked,
      int groups,
      Set<String> skipped,
      boolean full,
      Roster roster,
      int givenUp) {
    StringBuilder line = new StringBuilder();
    line.append(answers).append(" pages; ").append(walked.size()).append(" of ").append(peers);
    line.append(" neighbours walked, in ").append(groups);
    line.append(groups == 1 ? " group of equals, " : " groups of equals, ");
    line.append(probed).append(" events probed");
    Set<String> others = new LinkedHashSet<>(skipped);
    others.removeAll(walked);
    if (!others.isEmpty()) {
      line.append(", nothing new in those of ").append(String.join(", ", others));
    }
    if (full) {
      line.append("; the memory is full, older events were left");
    }
    List<String> dropped = roster.dropped();
    if (!dropped.isEmpty()) {
      line.append("; dropped ").append(String.join(", ", dropped));
    }
    List<String> doubted = roster.inDoubt();
    if (!doubted.isEmpty()) {
      line.append("; in doubt ").append(String.join(", ", doubted));
    }
    if (givenUp > 0) {
      line.append("; ")
          .append(givenUp)
          .append(givenUp == 1 ? " range given up" : " ranges given up");
    }
    if (failures > 0) {
      line.append("; the last failure: ").append(lastFailure);
    }
    return line.toString();
  }
}
