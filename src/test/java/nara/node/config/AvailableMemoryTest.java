package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
  private static final long GIGABYTE = 1L << 30;

  @TempDir Path root;

  @Test
  void memory_limit_is_the_machine_when_cgroups_are_absent() {
    assertThat(AvailableMemory.megabytes(root, 4 * GIGABYTE)).isEqualTo(4_096);
  }

  @Test
  void memory_limit_is_the_cgroup_limit_of_version_2() throws IOException {
    write("sys/fs/cgroup/memory.max", "268435456\n");
    assertThat(AvailableMemory.megabytes(root, 4 * GIGABYTE)).isEqualTo(256);
  }

  @Test
  void memory_limit_is_the_cgroup_limit_of_version_1() throws IOException {
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    assertThat(AvailableMemory.megabytes(root, 4 * GIGABYTE)).isEqualTo(512);
  }

  @Test
  void memory_limit_is_the_machine_when_cgroups_set_no_limit() throws IOException {
    write("sys/fs/cgroup/memory.max", "max\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(AvailableMemory.megabytes(root, 2 * GIGABYTE)).isEqualTo(2_048);
  }

  @Test
  void cgroup_limit_is_ignored_when_it_is_no_number() {
    assertThat(AvailableMemory.cgroupLimit("max")).isEmpty();
    assertThat(AvailableMemory.cgroupLimit("")).isEmpty();
    assertThat(AvailableMemory.cgroupLimit("-1")).isEmpty();
    assertThat(AvailableMemory.cgroupLimit(" 12\n")).hasValue(12);
  }

  @Test
  void memory_limit_of_this_machine_is_positive() {
    assertThat(AvailableMemory.megabytes()).isPositive();
  }

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
