package nara.recovery;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.Peer;
import nara.trust.TrustRequest;

/**
 * Asks peers for the keys that quarantined events wait for, then has those events judged again: at
 * the end of a recovery, and now and then afterwards.
 */
public final class KeySearch {
  /** Names asked about in one recovery: an attacker can invent any number of them. */
  static final int MOST_NAMES = 100;

  /** Names asked about at once, so that a hundred of nobody take a minute and not ten. */
  private static final int AT_ONCE = 8;

  private static final Duration PER_NAME = Duration.ofSeconds(5);
  private static final Duration BUS_TIMEOUT = Duration.ofSeconds(60);

  private final Bus bus;

  /** A search by the verticles on that bus. */
  public KeySearch(Bus bus) {
    this.bus = bus;
  }

  /** What came of it; the offer is what judging again brought. */
  public record Found(int asked, int learned, TrustRequest.Offered offered) {}

  /** Asks about those that most events wait for; a name that cannot be asked about is not found. */
  public Future<Found> seek(List<Peer> peers) {
    return bus.ask(TrustRequest.ADDRESS, new TrustRequest.Unknown(), BUS_TIMEOUT)
        .compose(
            unknown -> {
              List<String> names =
                  unknown.waitingByName().entrySet().stream()
                      .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                      .limit(peers.isEmpty() ? 0 : MOST_NAMES)
                      .map(Map.Entry::getKey)
                      .toList();
              return ask(peers, names).map(learned -> new int[] {names.size(), learned});
            })
        .compose(
            counts ->
                bus.ask(TrustRequest.ADDRESS, new TrustRequest.JudgeQuarantined(), BUS_TIMEOUT)
                    .map(offered -> new Found(counts[0], counts[1], offered)));
  }

  /** How many of the names somebody knew. */
  private Future<Integer> ask(List<Peer> peers, List<String> names) {
    Deque<String> left = new ArrayDeque<>(names);
    List<Future<Integer>> lanes = new ArrayList<>();
    for (int lane = 0; lane < AT_ONCE; lane++) {
      lanes.add(askInTurn(peers, left, 0));
    }
    return Future.all(lanes).map(done -> lanes.stream().mapToInt(Future::result).sum());
  }

  private Future<Integer> askInTurn(List<Peer> peers, Deque<String> left, int learned) {
    String name = left.poll();
    if (name == null) {
      return Future.succeededFuture(learned);
    }
    return bus.ask(
            MeshRequest.ADDRESS, new MeshRequest.QueryPeers(name, peers, PER_NAME), BUS_TIMEOUT)
        .map(answer -> answer.key().isPresent() ? 1 : 0)
        .otherwise(0)
        .compose(one -> askInTurn(peers, left, learned + one));
  }
}
