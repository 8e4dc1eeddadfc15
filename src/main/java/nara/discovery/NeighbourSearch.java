package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.discovery.DiscoveryRequest.FindNeighbours;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.Neighbour.Source;

/** A {@link FindNeighbours} without its reply: it decides when enough neighbours are known. */
final class NeighbourSearch {
  /** Configured peers are pinged together, so their answers differ by a round trip. */
  static final Duration SETTLE = Duration.ofMillis(300);

  /** Neighbours answer an announcement at a random time within three seconds. */
  static final Duration ANNOUNCED_SETTLE = Duration.ofMillis(1_500);

  /** A neighbour without an address can be asked over the plaza only, so others are awaited. */
  static final Duration SETTLE_WITHOUT_ADDRESS = Duration.ofSeconds(3);

  /** Strangers can announce names for ever, and can delay proofs of their addresses. */
  static final Duration MAX_SETTLE = Duration.ofSeconds(6);

  private final FindNeighbours request;
  private final Instant began;
  private final Promise<FoundNeighbours> reply = Promise.promise();
  private final Set<String> seen = new HashSet<>();
  private Instant firstNews = Instant.MAX;
  private Instant lastNews = Instant.MAX;

  NeighbourSearch(FindNeighbours request, Instant now) {
    this.request = request;
    this.began = now;
  }

  Future<FoundNeighbours> future() {
    return reply.future();
  }

  void complete(FoundNeighbours found) {
    reply.complete(found);
  }

  /**
   * Whether to reply now.
   *
   * @param known all neighbours
   * @param running whether some source has not replied yet
   * @param proving whether a neighbour has several addresses, and the right one is being found out
   */
  boolean isOver(List<Neighbour> known, boolean running, boolean proving, Instant now) {
    if (!now.isBefore(began.plus(request.atMost()))) {
      return true;
    }
    List<Neighbour> found =
        known.stream()
            .filter(each -> each.online() && !request.except().contains(each.name()))
            .filter(each -> !request.addressed() || !each.address().isEmpty() && !each.isHearsay())
            .toList();
    if (found.isEmpty()) {
      return !running && !now.isBefore(began.plus(request.atLeast()));
    }
    boolean news = false;
    for (Neighbour each : found) {
      news |= seen.add(each.name() + ' ' + each.address());
    }
    lastNews = news ? now : lastNews;
    firstNews = firstNews.isAfter(now) ? now : firstNews;
    if (!now.isBefore(firstNews.plus(MAX_SETTLE))) {
      return true;
    }
    boolean allAnswered = !running && found.stream().noneMatch(NeighbourSearch::isAnnounced);
    return !proving && (allAnswered || !now.isBefore(lastNews.plus(settle(found))));
  }

  private static boolean isAnnounced(Neighbour neighbour) {
    return neighbour.sources().contains(Source.PLAZA)
        || neighbour.sources().contains(Source.HEARSAY);
  }

  private static Duration settle(List<Neighbour> found) {
    if (found.stream().allMatch(each -> each.address().isEmpty())) {
      return SETTLE_WITHOUT_ADDRESS;
    }
    boolean configured =
        found.stream()
            .anyMatch(
                each -> each.sources().contains(Source.CONFIGURED) && !each.address().isEmpty());
    return configured ? SETTLE : ANNOUNCED_SETTLE;
  }
}
