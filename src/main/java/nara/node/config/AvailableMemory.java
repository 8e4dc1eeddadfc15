package nara.node.config;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The memory of the machine or the container. The memory mode {@code auto} depends on it. */
final class AvailableMemory {
  private AvailableMemory() {}

  /** The megabytes of this machine or container. */
  static long megabytes() {
    // The JDK considers control groups only if it understands how they are mounted. In a container,
    // the files are always below the root.
    return megabytes(
        Path.of("/"),
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
  }

  /** The megabytes of a machine with so many bytes, or of the smallest control group's limit. */
  static long megabytes(Path root, long machineBytes) {
    return Stream.of("memory.max", "memory/memory.limit_in_bytes")
            .map(root.resolve("sys/fs/cgroup")::resolve)
            .map(AvailableMemory::limit)
            .flatMapToLong(OptionalLong::stream)
            .reduce(machineBytes, Math::min)
        >> 20;
  }

  /**
   * The bytes in a control group's limit file. Without a limit, version 2 writes {@code max}, and
   * version 1 a number close to 2^63, with 19 digits.
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
      // No system has both files.
      return OptionalLong.empty();
    }
  }
}
