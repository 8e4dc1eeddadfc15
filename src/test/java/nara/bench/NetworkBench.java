package nara.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import nara.event.Ping;
import nara.event.json.EventWriter;
import nara.gossip.ZineSimulation;
import nara.liveness.PingRate;
import nara.testing.Citizen;

/**
 * Computes the cost of a quiet network for each nara, by its size. Zines are simulated. Pings and
 * newspapers are computed from their intervals. It needs no sockets, and measures no time.
 */
public final class NetworkBench {
  private static final String USAGE =
      "usage: scripts/bench network [NARAS...]   (10 100 1000 10000; the largest takes minutes)";

  private static final long SEED = 1;

  /** Headers of a mesh message, by measurement. */
  private static final int HEADER_BYTES = 400;

  /** A zine without events: its sender, time and signature. */
  private static final int EMPTY_ZINE_BYTES = 180;

  /** A pong, or the request for one, beyond the headers. */
  private static final int PING_BYTES = 150;

  /** A newspaper of the recorded network, with its topic. */
  private static final int NEWSPAPER_BYTES = 930;

  /** Between two newspapers of a quiet nara: docs/liveness.md. */
  private static final Duration NEWSPAPER_INTERVAL = Duration.ofSeconds(246);

  private NetworkBench() {}

  public static void main(String[] args) {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println(USAGE);
      return;
    }
    List<Integer> sizes =
        args.length == 0
            ? List.of(10, 100, 1_000, 10_000)
            : Arrays.stream(args).map(Integer::valueOf).toList();
    Citizen lisa = Citizen.named("lisa");
    Citizen bart = Citizen.named("bart");
    Ping ping = new Ping(lisa.name(), lisa.id(), bart.name(), bart.id(), 12.375);
    int eventBytes =
        EventWriter.writeSigned(lisa.identity(), 1_700_000_000_000_000_000L, ping).length + 1;
    double pings = 60.0 / PingRate.INTERVAL.toSeconds();
    System.out.printf(
        "Each nara, each minute; an event has %d bytes. Sent and received are equal.%n%n",
        eventBytes);
    System.out.printf(
        "%7s | %6s %9s %9s %10s %7s %7s | %6s | %10s %10s%n",
        "naras",
        "zines",
        "events/",
        "events",
        "KB sent",
        "fresh",
        "reach",
        "pings",
        "newspapers",
        "KB");
    System.out.printf(
        "%7s | %6s %9s %9s %10s %7s %7s | %6s | %10s %10s%n",
        "", "", "zine", "sent", "", "", "5 min", "", "received", "received");
    for (int size : sizes) {
      ZineSimulation.Cost cost = new ZineSimulation(size, SEED).run();
      double messages = 2 * (cost.zines() + pings);
      double bytes =
          cost.sentEvents() * eventBytes
              + messages * HEADER_BYTES
              + 2 * cost.zines() * EMPTY_ZINE_BYTES
              + 2 * pings * PING_BYTES;
      double newspapers = (size - 1) * 60.0 / NEWSPAPER_INTERVAL.toSeconds();
      System.out.printf(
          Locale.ROOT,
          "%,7d | %6.2f %,9.0f %,9.0f %,10.0f %6.1f%% %6.1f%% | %6.1f | %,10.1f %,10.0f%n",
          size,
          cost.zines(),
          cost.events(),
          cost.sentEvents(),
          bytes / 1e3,
          100 * cost.fresh(),
          100 * cost.reach(),
          pings,
          newspapers,
          newspapers * NEWSPAPER_BYTES / 1e3);
    }
  }
}
