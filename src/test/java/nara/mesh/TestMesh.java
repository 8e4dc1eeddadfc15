package nara.mesh;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.event.Event;
import nara.testing.Citizen;
import nara.trust.verifier.ProviderVerifier;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;

/** What the tests of the mesh have in common. */
public final class TestMesh {
  private TestMesh() {}

  /** A mesh on a free port of this machine, with little patience. */
  public static MeshConfig config() {
    return configOn("127.0.0.1");
  }

  static MeshConfig configOn(String host) {
    return config(host, Duration.ofMillis(400));
  }

  /** The same with more patience for a silent peer than any test has. */
  public static MeshConfig configWithLongTimeouts() {
    return config("127.0.0.1", Duration.ofMinutes(10));
  }

  private static MeshConfig config(String host, Duration stall) {
    return new MeshConfig(
        true,
        host,
        0,
        "",
        true,
        4 << 20,
        64 << 10,
        10,
        4,
        8,
        50,
        1_000,
        Duration.ofSeconds(5),
        stall);
  }

  /** The JDK's: there on every platform. */
  public static SignatureVerifier verifier() {
    return ((VerifierChoice.Available) ProviderVerifier.jdk()).signatureVerifier();
  }

  /** Signed events of somebody, a second apart. */
  public static List<Event> teases(Citizen by, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(
          Citizen.read(by.tease(1_768_800_000_000_000_000L + i * 1_000_000_000L, "t" + i)).event());
    }
    return events;
  }

  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
