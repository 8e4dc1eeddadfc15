package nara.simulation;

import java.util.ArrayList;
import java.util.List;
import nara.simulation.machine.VirtualTime;

/** What happened in a simulation, line by line, with the virtual time of each. */
final class Story {
  private static final int MAX_LINES = 2_000;

  private final VirtualTime time;
  private final long began;
  private final List<String> lines = new ArrayList<>();

  Story(VirtualTime time) {
    this.time = time;
    this.began = time.nanos();
  }

  void tell(String format, Object... values) {
    if (lines.size() < MAX_LINES) {
      double seconds = (time.nanos() - began) / 1e9;
      lines.add("%10.3f s  ".formatted(seconds) + format.formatted(values));
    }
  }

  String text() {
    return String.join("\n", lines);
  }
}
