package nara.checkpoint;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;
import nara.trust.TrustRequest.Offered;

/** How requests went, in short, for tables in tests. */
final class Outcomes {
  static final Peer BART = new Peer("bart", "10.0.0.2:7433");
  static final Duration QUICK = Duration.ofMillis(100);

  private Outcomes() {}

  /** A full page: all of it new. */
  static Fetched page(int events, long nextCursor) {
    return fetched(events, Optional.of(nextCursor), false, offered(events, 0, 0), QUICK);
  }

  /** The last page: all of it new. */
  static Fetched lastPage(int events) {
    return fetched(events, Optional.empty(), false, offered(events, 0, 0), QUICK);
  }

  /** A part of the older endpoint's list: all of it new. */
  static Fetched list(int events, boolean hasMore) {
    return fetched(events, Optional.empty(), hasMore, offered(events, 0, 0), QUICK);
  }

  static Fetched fetched(
      int events, Optional<Long> nextCursor, boolean hasMore, Offered offered, Duration took) {
    return new Fetched(events * 500L, events, 0, 0, nextCursor, hasMore, offered, took);
  }

  static Offered offered(int added, int duplicate, int rejected) {
    return new Offered(
        added + duplicate + rejected, added, duplicate, 0, 0, rejected, Map.of(), Set.of());
  }

  static FetchFailed failed(MeshFailure failure) {
    return new FetchFailed(failure, failure + " for a test");
  }
}
