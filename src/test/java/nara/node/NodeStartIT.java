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
import nara.bus.Time;
import nara.testing.Citizen;
import nara.testing.HandTime;
import org.junit.jupiter.api.Test;

/** A node that cannot start says why, stops what it had started, and does so at once. */
class NodeStartIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(30);

  @Test
  void a_taken_mesh_port_is_said_in_a_sentence() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(config(taken.getLocalPort(), 0), NodeStartIT::nothing))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("mesh.port");
    }
  }

  @Test
  void a_taken_management_port_is_said_in_a_sentence() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(config(0, taken.getLocalPort()), NodeStartIT::nothing))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("web.port");
    }
  }

  @Test
  void what_fails_before_the_recovery_fails_the_start() {
    IllegalArgumentException trouble = new IllegalArgumentException("no such file");
    assertThatThrownBy(() -> start(config(0, 0), node -> Future.failedFuture(trouble)))
        .isSameAs(trouble);
  }

  @Test
  void nobody_shares_the_generator_of_the_node_once_it_runs() {
    SplittableRandom seed = new SplittableRandom(1);
    AtomicInteger draws = new AtomicInteger();
    RandomGenerator shared =
        () -> {
          draws.incrementAndGet();
          return seed.nextLong();
        };
    HandTime time = HandTime.fromNow();
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
            config, Citizen.named("lisa").identity(), Time.system(), new Random(1), before),
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
