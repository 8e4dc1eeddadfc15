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
 * One peer's checkpoints, page by page: how a request went → what to ask next, or nothing more.
 *
 * <p>First by cursor. A page by the wire contract goes on after its last timestamp, which loses
 * what shares that timestamp; so each page here begins one nanosecond earlier and brings its last
 * events again, which costs a few duplicates. When a page holds nothing but one timestamp, it is
 * made as large as the contract allows; when even that does not get past, or the peer gives nothing
 * by pages at all, the older endpoint is walked by offset.
 *
 * <p>A failed request is made once more, for half as much, since the size may have been the fault.
 * After a second failure the walk ends; what came before is merged and stays. Whatever the peer
 * answers, the walk ends: cursors must advance, and requests and time are bounded.
 *
 * <p>Pure: it sees answers and returns requests.
 */
final class CheckpointPager {
  /** Requests to one peer, at most: a million checkpoints by pages of the reference's size. */
  static final int MAX_REQUESTS = 1_000;

  /** Failed requests to one peer, at most, since each may take its whole timeout. */
  static final int MAX_FAILURES = 10;

  /**
   * Pages that go on though they are not full, at most. By the wire contract only a full page has a
   * successor: this is a peer with smaller pages, or one that wants to be asked for ever.
   */
  static final int MAX_SHORT_PAGES = 20;

  // A page brings its predecessor's last event again, so one of a single event leads nowhere.
  private static final int MIN_PAGE_SIZE = 2;

  /** How many request timeouts its answers may use up in all; an honest peer needs part of one. */
  static final int MAX_TIMEOUTS = 12;

  private static final String CHECKPOINTS = "checkpoint";

  private enum PagingMode {
    CURSOR,
    OFFSET
  }

  private final MeshRequest.Peer peer;
  private final CheckpointSyncConfig config;
  private final Duration budget;
  private final int defaultPageSize;

  private PagingMode pagingMode = PagingMode.CURSOR;
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
  private OfferResult offerResult = OfferResult.NONE;
  private boolean contributed;
  private boolean finished;

  /** A walk that has not begun. */
  CheckpointPager(MeshRequest.Peer peer, CheckpointSyncConfig config) {
    this.peer = peer;
    this.config = config;
    this.defaultPageSize = Math.clamp(config.pageSize(), MIN_PAGE_SIZE, Query.MAX_EVENTS);
    this.pageSize = defaultPageSize;
    this.budget = config.timeout().multipliedBy(MAX_TIMEOUTS);
  }

  /** The first request. */
  MeshRequest<FetchOutcome> nextRequest() {
    requests++;
    return buildRequest();
  }

  /**
   * Takes how the last request went.
   *
   * @return the next request; empty when the walk has ended
   */
  Optional<MeshRequest<FetchOutcome>> onOutcome(FetchOutcome outcome) {
    boolean hasNext =
        switch (outcome) {
          case PageFetched page -> onFetched(page);
          case FetchFailed failed -> onFailed(failed);
        };
    finished = !hasNext || !withinBounds();
    return finished ? Optional.empty() : Optional.of(nextRequest());
  }

  /** Ends the walk before its time, unless it has ended. */
  void abandon(String why) {
    if (!finished) {
      finished = true;
      reason = why;
    }
  }

  /** Whether there is nothing more to ask this peer. */
  boolean isFinished() {
    return finished;
  }

  /** Whether the peer gave checkpoints that are worth something: all refused is nothing given. */
  boolean hasContributed() {
    return contributed;
  }

  /** The peer's part so far. */
  CheckpointSyncRequest.PeerSyncResult result() {
    return new CheckpointSyncRequest.PeerSyncResult(
        peer.name(), requests, failures, reason, bytes, events, offerResult);
  }

  /** Events that the request under way asks for. */
  private int requestSize() {
    return retrying ? Math.max(MIN_PAGE_SIZE, pageSize / 2) : pageSize;
  }

  private MeshRequest<FetchOutcome> buildRequest() {
    int size = requestSize();
    return switch (pagingMode) {
      case CURSOR ->
          new MeshRequest.FetchPage(
              peer,
              new Query.Page(after, size, new Query.Filter(Set.of(CHECKPOINTS), Set.of())),
              config.timeout());
      case OFFSET -> new FetchCheckpointPage(peer, offset, size, config.timeout());
    };
  }

  private boolean onFetched(PageFetched page) {
    addTotals(page);
    int requested = requestSize();
    retrying = false;
    boolean hasNext =
        switch (pagingMode) {
          case CURSOR -> onCursorPage(page);
          case OFFSET -> onOffsetPage(page);
        };
    if (hasNext && page.events() < requested && ++shortPages > MAX_SHORT_PAGES) {
      reason = "its pages go on though they are not full";
      return false;
    }
    return hasNext;
  }

  private void addTotals(PageFetched page) {
    elapsed = elapsed.plus(page.elapsed());
    bytes += page.bytes();
    events += page.events();
    offerResult = offerResult.plus(page.offerResult());
    contributed |=
        page.offerResult().added() + page.offerResult().duplicate() + page.offerResult().dropped()
            > 0;
  }

  private boolean onCursorPage(PageFetched page) {
    if (page.events() == 0 || page.nextCursor().isEmpty()) {
      return events == 0 && switchToOffsets();
    }
    long cursor = page.nextCursor().get();
    // One nanosecond before the last event, so that the events beside it come as well.
    if (cursor > Long.MIN_VALUE && cursor - 1 > after) {
      after = cursor - 1;
      pageSize = defaultPageSize;
      return true;
    }
    if (pageSize < Query.MAX_EVENTS) {
      pageSize = Query.MAX_EVENTS;
      return true;
    }
    reason = "by pages it does not get past the time " + cursor;
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
      return false;
    }
    failures++;
    reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (failed.failure()) {
      case STOPPING -> false;
      case UNSUPPORTED -> pagingMode == PagingMode.CURSOR && switchToOffsets();
      case UNREACHABLE, STALLED -> retry();
      // The peer is there, so its other endpoint may do what this one does not.
      case CUT_OFF, STATUS, TOO_LARGE, BAD_SIGNATURE, MALFORMED, NOT_ASKED ->
          retry() || (pagingMode == PagingMode.CURSOR && events == 0 && switchToOffsets());
    };
  }

  /** Whether it has said by pages that it has none, and is only asked whether its list says so. */
  private boolean hasNoCheckpoints() {
    int before = requests - 1;
    return pagingMode == PagingMode.OFFSET && events == 0 && before > failures;
  }

  private boolean retry() {
    if (retrying) {
      return false;
    }
    retrying = true;
    return true;
  }

  private boolean switchToOffsets() {
    pagingMode = PagingMode.OFFSET;
    retrying = false;
    pageSize = defaultPageSize;
    return true;
  }

  private boolean withinBounds() {
    if (requests >= MAX_REQUESTS) {
      reason = "given up after %d requests".formatted(requests);
    } else if (failures >= MAX_FAILURES) {
      reason = "given up after %d failures, the last: %s".formatted(failures, reason);
    } else if (elapsed.compareTo(budget) >= 0) {
      reason = "given up after %d s".formatted(elapsed.toSeconds());
    } else {
      return true;
    }
    return false;
  }
}
