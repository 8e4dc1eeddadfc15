package nara.profile;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;

/**
 * The load of a nara's machine and process. The fields have the reference's names; of a Java
 * process they are the nearest equivalents.
 *
 * @param uptime seconds, of the host or the process; 0 when unknown
 * @param loadAvg of the last minute, per processor, with two decimals
 * @param memAllocMb used heap
 * @param memSysMb memory that the process has reserved for heap and code
 * @param memHeapMb reserved heap
 * @param memStackMb of the stacks; 0 when unknown, as on the JVM
 * @param goroutines threads here
 * @param collections of garbage since the start
 * @param cpuPercent of this process, with two decimals
 */
public record HostStats(
    long uptime,
    double loadAvg,
    long memAllocMb,
    long memSysMb,
    long memHeapMb,
    long memStackMb,
    long goroutines,
    long collections,
    double cpuPercent) {
  /** Of a nara that does not tell. */
  public static final HostStats NONE = new HostStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

  // Real numbers, since some naras write 1e3.
  static final JsonFields FIELDS =
      JsonFields.inAnyCase()
          .reals("Uptime", "LoadAvg", "MemAllocMB", "MemSysMB", "MemHeapMB", "MemStackMB")
          .reals("NumGoroutines", "NumGC", "ProcCPUPercent");

  static HostStats read(JsonRecord stats) {
    return new HostStats(
        count(stats, "Uptime"),
        Math.max(0, stats.real("LoadAvg")),
        count(stats, "MemAllocMB"),
        count(stats, "MemSysMB"),
        count(stats, "MemHeapMB"),
        count(stats, "MemStackMB"),
        count(stats, "NumGoroutines"),
        count(stats, "NumGC"),
        Math.max(0, stats.real("ProcCPUPercent")));
  }

  private static long count(JsonRecord stats, String name) {
    return (long) Math.max(0, stats.real(name));
  }

  void write(JsonWriter out) {
    out.number("Uptime", uptime)
        .real("LoadAvg", loadAvg)
        .number("MemAllocMB", memAllocMb)
        .number("MemSysMB", memSysMb)
        .number("MemHeapMB", memHeapMb)
        .number("MemStackMB", memStackMb)
        .number("NumGoroutines", goroutines)
        .number("NumGC", collections)
        .real("ProcCPUPercent", cpuPercent);
  }

  /** This process now, with an uptime that the caller measures. Takes some microseconds. */
  public static HostStats ofThisProcess(long uptime) {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    double cpu =
        system instanceof com.sun.management.OperatingSystemMXBean process
            ? process.getProcessCpuLoad() * 100
            : 0;
    return new HostStats(
        uptime,
        twoDecimals(system.getSystemLoadAverage() / system.getAvailableProcessors()),
        heap.getUsed() >> 20,
        heap.getCommitted() + other.getCommitted() >> 20,
        heap.getCommitted() >> 20,
        0,
        ManagementFactory.getThreadMXBean().getThreadCount(),
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionCount)
            .filter(count -> count > 0)
            .sum(),
        twoDecimals(cpu));
  }

  /** Cut off as in the reference; a negative number means unknown. */
  private static double twoDecimals(double value) {
    return value > 0 ? (long) (value * 100) / 100.0 : 0;
  }
}
