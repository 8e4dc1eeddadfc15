package nara.checkpoint.sync;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchCheckpointPage;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.wire.MeshFailure;
import nara.trust.TrustRequest.OfferResult;

/**
 * Fetches the checkpoints of one peer, page by page.
 *
 * <p>It begins with cursors. By the wire contract the next page starts after the last timestamp, so
 * events with that timestamp get lost. Each page here starts one nanosecond earlier, which brings
 * some duplicates. A page of a single timestamp is fetched again with the largest size. If that is
 * not enough, or if the peer has no pages, the pager uses the older endpoint with offsets.
 *
 * <p>A failed request is retried once with half the size, because the size may be the cause. If
 * that works, the size stays. After a second failure the pager ends, and the merged pages stay. It
 * ends with any peer: the cursor must advance, and requests and time are limited.
 *
 * <p>Pure: outcomes come in, requests go out.
 */
final class CheckpointPager {
  /** A million checkpoints in pages of the reference's size. */
  static final int MAX_REQUESTS = 1_000;

  /** Each failure may take a whole timeout. */
  static final int MAX_FAILURES = 10;

  /**
   * By the wire contract only a full page has a next one. A peer with smaller pages gets this many;
   * so does a peer whose pages never end.
   */
  static final int MAX_SHORT_PAGES = 20;

  /** All responses of a peer together. An honest peer needs a part of one timeout. */
  static final int MAX_TIMEOUTS = 12;

  // Each page repeats the last event of the one before, so a single event would not advance.
  private static final int MIN_PAGE_SIZE = 2;

  private static final Query.Filter CHECKPOINTS = new Query.Filter(Set.of("checkpoint"), Set.of());

  private enum PagingMode {
    CURSOR,
    OFFSET
  }

  private final MeshRequest.Peer peer;
  private final CheckpointSyncConfig config;
  private final Duration budget;

  private PagingMode mode = PagingMode.CURSOR;

  /** The size that works, as far as known. */
  private int usualPageSize;

  private int pageSize;
  private boolean retrying;
  private long after = Long.MIN_VALUE;
  private int offset;

  private int requests;
  private int failures;
  private int shortPages;
  private String reason = "";
  private Duration elapsed = Duration.ZERO;
  private long bytes;
  private int events;
  private OfferResult result = OfferResult.NONE;
  private boolean contributed;
  private boolean finished;
  private boolean whole;

  CheckpointPager(MeshRequest.Peer peer, CheckpointSyncConfig config) {
    this.peer = peer;
    this.config = config;
    this.usualPageSize = Math.clamp(config.pageSize(), MIN_PAGE_SIZE, Query.MAX_EVENTS);
    this.pageSize = usualPageSize;
    this.budget = config.timeout().multipliedBy(MAX_TIMEOUTS);
  }

  /** The first request; the later ones come from {@link #onOutcome}. */
  MeshRequest<FetchOutcome> nextRequest() {
    requests++;
    int size = requestSize();
    return switch (mode) {
      case CURSOR ->
          new MeshRequest.FetchPage(
              peer, new Query.Page(after, size, CHECKPOINTS), config.timeout());
      case OFFSET -> new FetchCheckpointPage(peer, offset, size, config.timeout());
    };
  }

  /** Takes the outcome of the last request, and returns the next one; empty at the end. */
  Optional<MeshRequest<FetchOutcome>> onOutcome(FetchOutcome outcome) {
    boolean hasNext =
        switch (outcome) {
          // Trust judges events that were not requested like any other.
          case PageFetched page -> onFetched(page);
          case FetchFailed failed -> onFailed(failed);
        };
    finished = !hasNext || !withinBounds();
    return finished ? Optional.empty() : Optional.of(nextRequest());
  }

  /** Ends the pager early. */
  void abandon(String why) {
    if (!finished) {
      finished = true;
      reason = why;
    }
  }

  boolean isFinished() {
    return finished;
  }

  /** Whether the peer gave its last page, and trust did not reject all of its checkpoints. */
  boolean hasGivenAll() {
    return contributed && whole;
  }

  CheckpointSyncRequest.PeerSyncResult result() {
    return new CheckpointSyncRequest.PeerSyncResult(
        peer.name(), requests, failures, whole, reason, bytes, events, result);
  }

  private int requestSize() {
    return retrying ? Math.max(MIN_PAGE_SIZE, pageSize / 2) : pageSize;
  }

  private boolean onFetched(PageFetched page) {
    addTotals(page);
    int requested = requestSize();
    if (retrying) {
      usualPageSize = Math.min(usualPageSize, requested);
      pageSize = usualPageSize;
      retrying = false;
    }
    boolean hasNext = mode == PagingMode.CURSOR ? onCursorPage(page) : onOffsetPage(page);
    whole = !hasNext;
    if (hasNext && page.events() < requested && ++shortPages > MAX_SHORT_PAGES) {
      reason = "its pages continue although they are not full";
      return false;
    }
    return hasNext;
  }

  private void addTotals(PageFetched page) {
    elapsed = elapsed.plus(page.elapsed());
    bytes += page.bytes();
    events += page.events();
    OfferResult offered = page.offerResult();
    result = result.plus(offered);
    contributed |= offered.added() + offered.duplicate() + offered.dropped() > 0;
  }

  private boolean onCursorPage(PageFetched page) {
    if (page.events() == 0 || page.nextCursor().isEmpty()) {
      return events == 0 && switchToOffsets();
    }
    long cursor = page.nextCursor().get();
    // Repeats the last event, so that others with the same timestamp come too.
    if (cursor > Long.MIN_VALUE && cursor - 1 > after) {
      after = cursor - 1;
      pageSize = usualPageSize;
      return true;
    }
    if (pageSize < Query.MAX_EVENTS) {
      pageSize = Query.MAX_EVENTS;
      return true;
    }
    reason = "its pages do not get past the timestamp " + cursor;
    return switchToOffsets();
  }

  private boolean onOffsetPage(PageFetched page) {
    if (page.events() == 0 || !page.hasMore()) {
      return false;
    }
    offset = (int) Math.min(Integer.MAX_VALUE, (long) offset + page.events());
    return true;
  }

  private boolean onFailed(FetchFailed failed) {
    if (failed.failure() == MeshFailure.UNSUPPORTED && hasNoCheckpoints()) {
      whole = true;
      return false;
    }
    // An older nara has the other endpoint only, which gives the same checkpoints.
    if (failed.failure() == MeshFailure.UNSUPPORTED
        && mode == PagingMode.CURSOR
        && switchToOffsets()) {
      return true;
    }
    failures++;
    reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (failed.failure()) {
      case UNVERIFIABLE, STOPPING, UNSUPPORTED -> false;
      case UNREACHABLE, STALLED -> retry();
      // The peer is there, so its older endpoint may work.
      case CUT_OFF, STATUS, TOO_LARGE, BAD_SIGNATURE, CLOCK_SKEW, MALFORMED, NOT_ASKED ->
          retry() || (mode == PagingMode.CURSOR && events == 0 && switchToOffsets());
    };
  }

  /** Whether the pages had no checkpoint, so the offset request only confirms that. */
  private boolean hasNoCheckpoints() {
    return mode == PagingMode.OFFSET && events == 0 && requests - 1 > failures;
  }

  private boolean retry() {
    boolean first = !retrying;
    retrying = true;
    return first;
  }

  private boolean switchToOffsets() {
    mode = PagingMode.OFFSET;
    retrying = false;
    pageSize = usualPageSize;
    return true;
  }

  private boolean withinBounds() {
    if (requests >= MAX_REQUESTS) {
      reason = "gave up after %d requests".formatted(requests);
    } else if (failures >= MAX_FAILURES) {
      reason = "gave up after %d failures, the last: %s".formatted(failures, reason);
    } else if (elapsed.compareTo(budget) >= 0) {
      reason = "gave up after %d s".formatted(elapsed.toSeconds());
    } else {
      return true;
    }
    return false;
  }
}
