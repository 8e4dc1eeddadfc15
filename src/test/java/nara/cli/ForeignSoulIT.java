package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import nara.cli.output.CommandLineRun;
import nara.cluster.ClusterConfig;
import nara.cluster.ClusterMember;
import nara.node.Blocking;
import nara.node.config.ConfigReader;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node tries to join the cluster of another nara. */
class ForeignSoulIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  @TempDir private Path directory;

  @Test
  void member_with_another_soul_is_rejected_with_advice() throws IOException {
    String ours = "127.0.0.1:" + FreePorts.next();
    String theirs = "127.0.0.1:" + FreePorts.next();
    Citizen lisa = Citizen.named("elephant");
    Citizen stranger = Citizen.impostor("elephant");
    ClusterConfig config =
        ConfigReader.read(json(lisa, ours, ours, theirs)).config().orElseThrow().cluster();
    ClusterMember member =
        Blocking.await(
            ClusterMember.join(config.asMember(), lisa.id(), new VertxOptions()), TIMEOUT);
    try {
      Path file = directory.resolve("node.json");
      Files.writeString(file, json(stranger, theirs, ours, theirs));

      CommandLineRun run = CommandLineRun.of("run", "--config", file, "--cluster");

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .contains(
              "nara: the cluster simpsons belongs to another nara (id "
                  + lisa.id()
                  + "); this nara's id is "
                  + stranger.id()
                  + "; give all members the same identity.name and soul, or choose another"
                  + " cluster.name");
      long end = System.nanoTime() + TIMEOUT.toNanos();
      while (!member.isLastCoordinator() && System.nanoTime() < end) {
        LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      }
      assertThat(member.isLastCoordinator()).isTrue();
    } finally {
      Blocking.await(
          member.vertx().close().transform(closed -> member.leave().otherwiseEmpty()), TIMEOUT);
    }
  }

  private static String json(Citizen who, String at, String... members) {
    return """
    { "identity": { "name": "elephant", "soul": "%s" },
      "mesh": { "host": "127.0.0.1", "port": 0 },
      "web": { "enabled": false },
      "cluster": { "name": "simpsons", "port": %s, "members": ["%s", "%s"] } }
    """
        .formatted(
            who.identity().soul().encoded(),
            at.substring(at.indexOf(':') + 1),
            members[0],
            members[1]);
  }
}
