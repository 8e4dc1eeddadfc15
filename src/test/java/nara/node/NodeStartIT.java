package nara.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;

/** A node that cannot start reports the reason and stops its parts at once. */
class NodeStartIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(30);

  @Test
  void start_fails_with_a_reason_when_mesh_port_is_taken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(config(taken.getLocalPort(), 0), NodeStartIT::nothing))
          .isInstanceOf(NodeStartException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("mesh.port");
    }
  }

  @Test
  void start_fails_with_a_reason_when_management_port_is_taken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(config(0, taken.getLocalPort()), NodeStartIT::nothing))
          .isInstanceOf(NodeStartException.class)
          .hasMessageContaining("web.port");
    }
  }

  @Test
  void start_fails_when_preparation_fails() {
    IllegalArgumentException trouble = new IllegalArgumentException("no such file");
    assertThatThrownBy(() -> start(config(0, 0), node -> Future.failedFuture(trouble)))
        .isSameAs(trouble);
  }

  @Test
  void random_generator_is_not_shared_between_threads() {
    SplittableRandom seed = new SplittableRandom(1);
    AtomicInteger draws = new AtomicInteger();
    RandomGenerator shared =
        () -> {
          draws.incrementAndGet();
          return seed.nextLong();
        };
    ManualScheduler time = ManualScheduler.fromNow();
    NaraNode node =
        Blocking.await(
            NaraNode.start(
                config(0, 0), Citizen.named("lisa").identity(), time, shared, NodeStartIT::nothing),
            AT_ONCE);
    int drawn = draws.get();

    time.advance(Duration.ofHours(2));
    Blocking.await(node.stop(), AT_ONCE);

    assertThat(draws).hasValue(drawn);
  }

  private static Future<?> nothing(NaraNode node) {
    return Future.succeededFuture();
  }

  private static void start(NodeConfig config, Function<NaraNode, Future<?>> before) {
    Blocking.await(
        NaraNode.start(
            config, Citizen.named("lisa").identity(), Scheduler.system(), new Random(1), before),
        AT_ONCE);
  }

  private static NodeConfig config(int meshPort, int webPort) {
    return ConfigReader.read(
            """
            { "mesh": {"host": "127.0.0.1", "port": %d},
              "web": {"host": "127.0.0.1", "port": %d} }
            """
                .formatted(meshPort, webPort),
            Map.of(),
            1_000)
        .config()
        .orElseThrow();
  }
}
