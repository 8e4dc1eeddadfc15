package nara.checkpoint.sync;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.trust.TrustRequest.OfferResult;

/** Short ways to create fetch outcomes. */
final class FetchOutcomes {
  static final Peer BART = new Peer("bart", "10.0.0.2:7433");
  static final Duration QUICK = Duration.ofMillis(100);

  private FetchOutcomes() {}

  /** A full page: all of it new. */
  static PageFetched page(int events, long nextCursor) {
    return fetched(events, Optional.of(nextCursor), false, offered(events, 0, 0), QUICK);
  }

  /** The last page: all of it new. */
  static PageFetched lastPage(int events) {
    return fetched(events, Optional.empty(), false, offered(events, 0, 0), QUICK);
  }

  /** A page of the older endpoint: all of it new. */
  static PageFetched list(int events, boolean hasMore) {
    return fetched(events, Optional.empty(), hasMore, offered(events, 0, 0), QUICK);
  }

  static PageFetched fetched(
      int events, Optional<Long> nextCursor, boolean hasMore, OfferResult result, Duration took) {
    return new PageFetched(
        events * 500L, events, 0, 0, nextCursor, hasMore, List.of(), result, took);
  }

  static OfferResult offered(int added, int duplicate, int rejected) {
    return new OfferResult(
        added + duplicate + rejected, added, duplicate, 0, 0, rejected, Map.of(), Set.of());
  }

  static FetchFailed failed(MeshFailure failure) {
    return new FetchFailed(failure, failure + " for a test");
  }
}
