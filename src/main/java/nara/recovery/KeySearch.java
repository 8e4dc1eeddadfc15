package nara.recovery;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.trust.TrustRequest;

/**
 * Asks peers for the keys that quarantined events wait for, then has those events judged again: at
 * the end of a recovery, and now and then afterwards.
 */
public final class KeySearch {
  /** Names asked about in one recovery: an attacker can invent any number of them. */
  static final int MAX_NAMES = 100;

  /** Names asked about at once, so that a hundred of nobody take a minute and not ten. */
  private static final int CONCURRENCY = 8;

  private static final Duration TIMEOUT_PER_NAME = Duration.ofSeconds(5);
  private final Bus bus;

  /** A search by the verticles on that bus. */
  public KeySearch(Bus bus) {
    this.bus = bus;
  }

  /** The outcome of a search, with that of verifying the quarantined events again. */
  public record KeySearchResult(
      int namesQueried, int keysLearned, TrustRequest.OfferResult offerResult)
      implements BusMessage {
    public static final KeySearchResult NONE =
        new KeySearchResult(0, 0, TrustRequest.OfferResult.NONE);

    /** The outcome of both searches. */
    public KeySearchResult plus(KeySearchResult other) {
      return new KeySearchResult(
          namesQueried + other.namesQueried,
          keysLearned + other.keysLearned,
          offerResult.plus(other.offerResult));
    }
  }

  /** Asks about those that most events wait for; a name that cannot be asked about is not found. */
  public Future<KeySearchResult> search(List<Peer> peers) {
    return bus.request(TrustRequest.ADDRESS, new TrustRequest.ListUnknownEmitters(), Timeouts.LOCAL)
        .compose(
            unknown -> {
              List<String> names =
                  unknown.quarantinedByName().entrySet().stream()
                      .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                      .limit(peers.isEmpty() ? 0 : MAX_NAMES)
                      .map(Map.Entry::getKey)
                      .toList();
              return queryAll(peers, names).map(learned -> new int[] {names.size(), learned});
            })
        .compose(
            counts ->
                bus.request(
                        TrustRequest.ADDRESS, new TrustRequest.VerifyQuarantined(), Timeouts.LOCAL)
                    .map(offerResult -> new KeySearchResult(counts[0], counts[1], offerResult)));
  }

  /** How many of the names somebody knew. */
  private Future<Integer> queryAll(List<Peer> peers, List<String> names) {
    Deque<String> remaining = new ArrayDeque<>(names);
    List<Future<Integer>> workers = new ArrayList<>();
    for (int worker = 0; worker < CONCURRENCY; worker++) {
      workers.add(queryNext(peers, remaining, 0));
    }
    return Future.all(workers).map(done -> workers.stream().mapToInt(Future::result).sum());
  }

  private Future<Integer> queryNext(List<Peer> peers, Deque<String> remaining, int learned) {
    String name = remaining.poll();
    if (name == null) {
      return Future.succeededFuture(learned);
    }
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.FindPeerKey(name, peers, TIMEOUT_PER_NAME),
            Timeouts.LOCAL)
        .map(answer -> answer.key().isPresent() ? 1 : 0)
        .otherwise(0)
        .compose(one -> queryNext(peers, remaining, learned + one));
  }
}
