package nara.trust;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustRequest.VerifyQuarantined;

/**
 * Looks up the keys that quarantined events wait for, then has all quarantined events verified
 * again. A recovery does this at its end, background sync from time to time.
 */
public final class KeySearch {
  /** Names looked up in one search: an attacker can invent any number of names. */
  static final int MAX_NAMES = 100;

  /** Lookups in flight, so that a hundred unknown names take one minute instead of ten. */
  private static final int MAX_IN_FLIGHT = 8;

  /** The peers that can be asked for keys. */
  public interface KeySource {
    /** Whether there is no peer to ask. */
    boolean isEmpty();

    /** Learns the keys that peers know for that name; true when one of them holds. */
    Future<Boolean> learnKey(String name);
  }

  private final Bus bus;
  private final KeySource keySource;

  public KeySearch(Bus bus, KeySource source) {
    this.bus = bus;
    this.keySource = source;
  }

  /**
   * The outcome of a search, with that of verifying the quarantined events again.
   *
   * @param contested events that still wait because their emitter's key is contested or disputed,
   *     by name
   * @param keyless events that still wait because nobody gave a key of their emitter, by name
   */
  public record KeySearchResult(
      int namesQueried,
      int keysLearned,
      OfferResult offerResult,
      Map<String, Integer> contested,
      Map<String, Integer> keyless)
      implements BusMessage {
    public static final KeySearchResult NONE = new KeySearchResult(0, 0, OfferResult.NONE);

    /** A search after which no event waits. */
    public KeySearchResult(int namesQueried, int keysLearned, OfferResult offerResult) {
      this(namesQueried, keysLearned, offerResult, Map.of(), Map.of());
    }

    /** The outcome of both searches. */
    public KeySearchResult plus(KeySearchResult other) {
      return new KeySearchResult(
          namesQueried + other.namesQueried,
          keysLearned + other.keysLearned,
          offerResult.plus(other.offerResult),
          largest(contested, other.contested),
          largest(keyless, other.keyless));
    }

    private static Map<String, Integer> largest(
        Map<String, Integer> one, Map<String, Integer> other) {
      Map<String, Integer> all = new TreeMap<>(one);
      other.forEach((name, events) -> all.merge(name, events, Math::max));
      return Map.copyOf(all);
    }
  }

  /** Looks up the names that most events wait for; a failed lookup counts as not found. */
  public Future<KeySearchResult> search() {
    return listUnknown().compose(unknown -> search(mostWanted(unknown)));
  }

  /** Contested names first: their claimants are known naras, and the others may be invented. */
  private List<String> mostWanted(TrustRequest.UnknownEmitters unknown) {
    return unknown.quarantinedByName().entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Integer>, Boolean>comparing(
                    entry -> !unknown.contested().contains(entry.getKey()))
                .thenComparing(Map.Entry.comparingByValue(Comparator.reverseOrder())))
        .limit(keySource.isEmpty() ? 0 : MAX_NAMES)
        .map(Map.Entry::getKey)
        .toList();
  }

  private Future<KeySearchResult> search(List<String> names) {
    Deque<String> remaining = new ArrayDeque<>(names);
    List<Future<Integer>> lookups = new ArrayList<>();
    for (int i = 0; i < MAX_IN_FLIGHT; i++) {
      lookups.add(lookUpNext(remaining, 0));
    }
    return Future.all(lookups)
        .compose(all -> bus.request(TrustRequest.ADDRESS, new VerifyQuarantined(), Timeouts.LOCAL))
        .compose(
            result ->
                listUnknown()
                    .map(
                        unknown ->
                            new KeySearchResult(
                                names.size(),
                                lookups.stream().mapToInt(Future::result).sum(),
                                result,
                                unknown.contestedByName(),
                                unknown.keylessByName())));
  }

  private Future<TrustRequest.UnknownEmitters> listUnknown() {
    return bus.request(
        TrustRequest.ADDRESS, new TrustRequest.ListUnknownEmitters(), Timeouts.LOCAL);
  }

  private Future<Integer> lookUpNext(Deque<String> remaining, int learned) {
    String name = remaining.poll();
    return name == null
        ? Future.succeededFuture(learned)
        : keySource
            .learnKey(name)
            .otherwise(false)
            .compose(found -> lookUpNext(remaining, learned + (found ? 1 : 0)));
  }
}
