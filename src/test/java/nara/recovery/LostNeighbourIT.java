package nara.recovery;

import static nara.testing.FakeBus.until;
import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nara.demo.Corpus;
import nara.testing.FreePorts;
import nara.testing.TcpProxy;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** The only neighbour is unreachable for two seconds in the middle of a recovery. */
class LostNeighbourIT {
  /** The cable breaks after so many of 3,800,000 bytes. */
  private static final int BYTES_BEFORE_CUT = 200_000;

  @Test
  void everything_comes_although_the_only_neighbour_is_away_for_two_seconds() throws Exception {
    List<byte[]> events = Corpus.generate(8_000, 10, 7, Instant.now().minusSeconds(3_600)).events();
    try (TestNode elder = TestNode.holding("elder", events);
        TcpProxy cable = TcpProxy.breakingAfter(BYTES_BEFORE_CUT, "mqtt://" + elder.address());
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers("elder@127.0.0.1:" + cable.port()),
                progressed -> {})) {
      assertThat(cable.awaitCut(Duration.ofSeconds(20))).isTrue();
      TimeUnit.SECONDS.sleep(2);
      try (TcpProxy mended = new TcpProxy("mqtt://" + elder.address(), cable.port())) {
        assertThat(fresh.report().outcome()).as(fresh.report().toString()).isEqualTo("complete");
        assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
        assertThat(mended.port()).isEqualTo(cable.port());
      }
    }
  }

  @Test
  void neighbour_that_comes_while_the_only_one_is_lost_is_asked_at_once() throws Exception {
    List<byte[]> all = Corpus.generate(8_500, 10, 7, Instant.now().minusSeconds(3_600)).events();
    List<byte[]> events = all.subList(0, 8_000);
    List<byte[]> others = all.subList(8_000, all.size());
    CountDownLatch lateCame = new CountDownLatch(1);
    int port = FreePorts.next();
    try (TestNode elder = TestNode.holding("elder", events);
        TcpProxy cable = TcpProxy.breakingAfter(BYTES_BEFORE_CUT, "mqtt://" + elder.address());
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers("elder@127.0.0.1:" + cable.port(), "late@127.0.0.1:" + port),
                progressed -> {
                  if (progressed.report().neighbours().stream()
                      .anyMatch(each -> each.name().equals("late") && each.requests() > 0)) {
                    lateCame.countDown();
                  }
                })) {
      assertThat(cable.awaitCut(Duration.ofSeconds(20))).isTrue();
      TimeUnit.SECONDS.sleep(1);
      try (TestNode late =
          TestNode.start(
              "late",
              others,
              config -> config.with(config.mesh().listeningOn("127.0.0.1", port)),
              progressed -> {})) {
        assertThat(lateCame.await(20, TimeUnit.SECONDS)).as("the newcomer is asked").isTrue();
        until(fresh::heldCorpus, held -> held.containsAll(late.heldCorpus()));
        try (TcpProxy mended = new TcpProxy("mqtt://" + elder.address(), cable.port())) {
          assertThat(fresh.report().passes()).isEqualTo(2);
          assertThat(fresh.report().outcome()).as(fresh.report().toString()).isEqualTo("complete");
          assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
          assertThat(mended.port()).isEqualTo(cable.port());
        }
      }
    }
  }
}
