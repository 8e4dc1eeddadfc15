package nara.node.config;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * How much memory a node may count on: the machine's, or the container's limit when that is
 * smaller. The memory mode {@code auto} is decided by it.
 */
final class AvailableMemory {
  private static final long BYTES_PER_MEGABYTE = 1L << 20;

  private AvailableMemory() {}

  /** Megabytes of this machine or container. */
  static long megabytes() {
    // The JDK's number heeds control groups where it understands how they are mounted; the files
    // are read as well, since in a container they lie at the root whatever the host does.
    long machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return megabytes(Path.of("/"), machine);
  }

  /**
   * The machine's memory or the smallest limit of a control group under a root directory.
   *
   * @param machine bytes of the whole machine
   */
  static long megabytes(Path root, long machine) {
    LongStream limits =
        LongStream.concat(
            limit(root.resolve("sys/fs/cgroup/memory.max")).stream(),
            limit(root.resolve("sys/fs/cgroup/memory/memory.limit_in_bytes")).stream());
    return LongStream.concat(LongStream.of(machine), limits).min().getAsLong() / BYTES_PER_MEGABYTE;
  }

  /**
   * The bytes in a control group's limit file. Without a limit version 2 says {@code max}, and
   * version 1 a number close to 2^63: 19 digits, more than any memory.
   */
  static OptionalLong cgroupLimit(String content) {
    String digits = content.strip();
    return digits.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }

  private static OptionalLong limit(Path file) {
    try {
      return cgroupLimit(Files.readString(file));
    } catch (IOException absent) {
      // Which of the files exist differs from system to system; each only narrows the answer.
      return OptionalLong.empty();
    }
  }
}
