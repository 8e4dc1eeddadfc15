package nara.mesh;

import java.time.Duration;

/** What the tests of the mesh have in common. */
final class TestMesh {
  private TestMesh() {}

  /** A mesh on a free port of this machine, with little patience. */
  static MeshConfig config() {
    return configOn("127.0.0.1");
  }

  static MeshConfig configOn(String host) {
    return new MeshConfig(
        true,
        host,
        0,
        "",
        true,
        4 << 20,
        1 << 20,
        10,
        4,
        256,
        Duration.ofSeconds(5),
        Duration.ofMillis(500));
  }
}
