package nara.recovery;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.Peer;
import nara.trust.TrustRequest;

/** Asks peers for the keys that quarantined events wait for, then has those events judged again. */
final class KeySearch {
  /** Names asked about in one recovery: an attacker can invent any number of them. */
  static final int MOST_NAMES = 100;

  private static final Duration PER_NAME = Duration.ofSeconds(5);
  private static final Duration BUS_TIMEOUT = Duration.ofSeconds(60);

  private final Bus bus;

  KeySearch(Bus bus) {
    this.bus = bus;
  }

  /** What came of it; the offer is what judging again brought. */
  record Found(int asked, int learned, TrustRequest.Offered offered) {}

  Future<Found> seek(List<Peer> peers) {
    return bus.ask(TrustRequest.ADDRESS, new TrustRequest.Unknown(), BUS_TIMEOUT)
        .compose(
            unknown -> {
              List<String> names =
                  unknown.waitingByName().entrySet().stream()
                      .sorted((a, b) -> b.getValue() - a.getValue())
                      .limit(MOST_NAMES)
                      .map(Map.Entry::getKey)
                      .toList();
              return askInTurn(peers, names, 0, 0);
            })
        .compose(
            counts ->
                bus.ask(TrustRequest.ADDRESS, new TrustRequest.JudgeQuarantined(), BUS_TIMEOUT)
                    .map(offered -> new Found(counts[0], counts[1], offered)));
  }

  private Future<int[]> askInTurn(List<Peer> peers, List<String> names, int at, int learned) {
    if (at == names.size() || peers.isEmpty()) {
      return Future.succeededFuture(new int[] {names.size(), learned});
    }
    return bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.QueryPeers(names.get(at), peers, PER_NAME),
            BUS_TIMEOUT)
        .compose(
            answer ->
                askInTurn(peers, names, at + 1, learned + (answer.key().isPresent() ? 1 : 0)));
  }
}
