package nara.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one node uses and answers at one time.
 *
 * @param seconds since the soak began
 * @param ageSeconds since its process began
 * @param heapKb in use right after a full collection
 * @param audit of its ledger
 * @param healthMs how long {@code /health} took; -1 when it did not answer
 * @param ready whether {@code /ready} says so
 */
record Sample(
    long seconds,
    String node,
    long ageSeconds,
    long heapKb,
    long rssKb,
    long threads,
    long files,
    Audit audit,
    long healthMs,
    boolean ready) {
  static final String CSV_HEADER =
      "seconds,node,age_s,heap_kb,rss_kb,threads,files,answered,ledger,by_honest,observations_of_others,forged,"
          + "forged_announcements,honest_held,honest_expected,health_ms,ready";

  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final Pattern METASPACE = Pattern.compile("(?s)Metaspace.*");

  /** What the operating system and the JVM say of a process. */
  record Use(long heapKb, long rssKb, long threads, long files) {
    static Use of(long pid) throws IOException, InterruptedException {
      long heap = heapAfterCollection(pid);
      String status = Files.readString(Path.of("/proc", String.valueOf(pid), "status"));
      try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
        return new Use(heap, field(status, "VmRSS"), field(status, "Threads"), files.count());
      }
    }

    private static long field(String status, String name) {
      Matcher found = Pattern.compile(name + ":\\s+(\\d+)").matcher(status);
      if (!found.find()) {
        throw new IllegalStateException("no " + name + " in /proc");
      }
      return Long.parseLong(found.group(1));
    }

    private static long heapAfterCollection(long pid) throws IOException, InterruptedException {
      Path commands = Files.createTempFile("soak", ".jcmd");
      try {
        Files.writeString(commands, "GC.run\nGC.heap_info\n");
        Process jcmd =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    String.valueOf(pid),
                    "-f",
                    commands.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes());
        if (!jcmd.waitFor(30, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
          throw new IOException("jcmd: " + output);
        }
        long used = 0;
        Matcher each = USED.matcher(METASPACE.matcher(output).replaceFirst(""));
        while (each.find()) {
          used += Long.parseLong(each.group(1));
        }
        return used;
      } finally {
        Files.delete(commands);
      }
    }
  }

  String csv() {
    return "%d,%s,%d,%d,%d,%d,%d,%b,%d,%d,%d,%d,%d,%d,%d,%d,%b"
        .formatted(
            seconds,
            node,
            ageSeconds,
            heapKb,
            rssKb,
            threads,
            files,
            audit.answered(),
            audit.ledger(),
            audit.byHonest(),
            audit.observations(),
            audit.forged(),
            audit.forgedAnnouncements(),
            audit.honestHeld(),
            audit.honestExpected(),
            healthMs,
            ready);
  }
}
