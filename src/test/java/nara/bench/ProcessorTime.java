package nara.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Processor time since the start of the machine, in ticks, by Linux's {@code /proc}.
 *
 * @param all of all cores, idle or not
 * @param busy of all programs, and what a virtual machine did not get
 * @param own of this process and of its children that have ended
 */
record ProcessorTime(long all, long busy, long own) {
  /** Now; all zero on other systems. */
  static ProcessorTime now() throws IOException {
    Path machine = Path.of("/proc/stat");
    Path process = Path.of("/proc/self/stat");
    if (!Files.exists(machine) || !Files.exists(process)) {
      return new ProcessorTime(0, 0, 0);
    }
    // cpu user nice system idle iowait irq softirq steal
    long[] ticks = numbers(Files.readAllLines(machine).getFirst().replaceFirst("cpu +", ""), 0, 8);
    long all = Arrays.stream(ticks).sum();
    // After the name in brackets, utime stime cutime cstime are the fields 12 to 15.
    String fields = Files.readString(process);
    long own = Arrays.stream(numbers(fields.substring(fields.lastIndexOf(')') + 2), 11, 15)).sum();
    return new ProcessorTime(all, all - ticks[3] - ticks[4], own);
  }

  private static long[] numbers(String text, int from, int to) {
    return Arrays.stream(text.trim().split(" "))
        .limit(to)
        .skip(from)
        .mapToLong(Long::parseLong)
        .toArray();
  }

  /** The share of all processor time since then that other programs used; negative if unknown. */
  double othersSince(ProcessorTime start) {
    long span = all - start.all;
    return span == 0 ? -1 : Math.max(0, busy - start.busy - (own - start.own)) / (double) span;
  }
}
