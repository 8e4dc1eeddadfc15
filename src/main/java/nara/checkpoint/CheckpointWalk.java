package nara.checkpoint;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchCheckpoints;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.trust.TrustRequest.Offered;

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
final class CheckpointWalk {
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
  private static final int MIN_SIZE = 2;

  /** How many request timeouts its answers may use up in all; an honest peer needs part of one. */
  static final int MAX_TIMEOUTS = 12;

  private static final String CHECKPOINTS = "checkpoint";

  private enum Way {
    PAGES,
    OFFSETS
  }

  private final MeshRequest.Peer peer;
  private final CheckpointConfig config;
  private final Duration budget;
  private final int usual;

  private Way way = Way.PAGES;
  private int wanted;
  private boolean retrying;
  private long after = Long.MIN_VALUE;
  private int offset;

  private int requests;
  private int failures;
  private int shortPages;
  private String reason = "";
  private Duration used = Duration.ZERO;
  private long bytes;
  private int events;
  private Offered offered = Offered.NOTHING;
  private boolean gave;
  private boolean ended;

  /** A walk that has not begun. */
  CheckpointWalk(MeshRequest.Peer peer, CheckpointConfig config) {
    this.peer = peer;
    this.config = config;
    this.usual = Math.clamp(config.pageSize(), MIN_SIZE, Query.MOST);
    this.wanted = usual;
    this.budget = config.timeout().multipliedBy(MAX_TIMEOUTS);
  }

  /** The first request. */
  MeshRequest<FetchOutcome> begin() {
    requests++;
    return request();
  }

  /**
   * Takes how the last request went.
   *
   * @return the next request; empty when the walk has ended
   */
  Optional<MeshRequest<FetchOutcome>> answered(FetchOutcome outcome) {
    boolean onward =
        switch (outcome) {
          case Fetched page -> onFetched(page);
          case FetchFailed failed -> onFailed(failed);
        };
    ended = !onward || !withinBounds();
    return ended ? Optional.empty() : Optional.of(begin());
  }

  /** Ends the walk before its time, unless it has ended. */
  void abandon(String why) {
    if (!ended) {
      ended = true;
      reason = why;
    }
  }

  /** Whether there is nothing more to ask this peer. */
  boolean ended() {
    return ended;
  }

  /** Whether the peer gave checkpoints that are worth something: all refused is nothing given. */
  boolean gave() {
    return gave;
  }

  /** The peer's part so far. */
  CheckpointRequest.PeerAnswer answer() {
    return new CheckpointRequest.PeerAnswer(
        peer.name(), requests, failures, reason, bytes, events, offered);
  }

  /** Events that the request under way asks for. */
  private int size() {
    return retrying ? Math.max(MIN_SIZE, wanted / 2) : wanted;
  }

  private MeshRequest<FetchOutcome> request() {
    int size = size();
    return switch (way) {
      case PAGES ->
          new MeshRequest.Fetch(
              peer,
              new Query.Page(after, size, new Query.Filter(Set.of(CHECKPOINTS), Set.of())),
              config.timeout());
      case OFFSETS -> new FetchCheckpoints(peer, offset, size, config.timeout());
    };
  }

  private boolean onFetched(Fetched page) {
    count(page);
    int asked = size();
    retrying = false;
    boolean onward =
        switch (way) {
          case PAGES -> afterPage(page);
          case OFFSETS -> afterOffset(page);
        };
    if (onward && page.events() < asked && ++shortPages > MAX_SHORT_PAGES) {
      reason = "its pages go on though they are not full";
      return false;
    }
    return onward;
  }

  private void count(Fetched page) {
    used = used.plus(page.took());
    bytes += page.bytes();
    events += page.events();
    offered = offered.plus(page.offered());
    gave |= page.offered().added() + page.offered().duplicate() + page.offered().dropped() > 0;
  }

  private boolean afterPage(Fetched page) {
    if (page.events() == 0 || page.nextCursor().isEmpty()) {
      return events == 0 && byOffsets();
    }
    long cursor = page.nextCursor().get();
    // One nanosecond before the last event, so that the events beside it come as well.
    if (cursor > Long.MIN_VALUE && cursor - 1 > after) {
      after = cursor - 1;
      wanted = usual;
      return true;
    }
    if (wanted < Query.MOST) {
      wanted = Query.MOST;
      return true;
    }
    reason = "by pages it does not get past the time " + cursor;
    return byOffsets();
  }

  private boolean afterOffset(Fetched page) {
    if (page.events() == 0 || !page.hasMore()) {
      return false;
    }
    offset = (int) Math.min(Integer.MAX_VALUE, (long) offset + page.events());
    return true;
  }

  private boolean onFailed(FetchFailed failed) {
    if (failed.failure() == MeshFailure.UNSUPPORTED && hasNone()) {
      return false;
    }
    failures++;
    reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (failed.failure()) {
      case STOPPING -> false;
      case UNSUPPORTED -> way == Way.PAGES && byOffsets();
      case UNREACHABLE, STALLED -> again();
      // The peer is there, so its other endpoint may do what this one does not.
      case CUT_OFF, STATUS, TOO_LARGE, BAD_SIGNATURE, MALFORMED, NOT_ASKED ->
          again() || (way == Way.PAGES && events == 0 && byOffsets());
    };
  }

  /** Whether it has said by pages that it has none, and is only asked whether its list says so. */
  private boolean hasNone() {
    int before = requests - 1;
    return way == Way.OFFSETS && events == 0 && before > failures;
  }

  private boolean again() {
    if (retrying) {
      return false;
    }
    retrying = true;
    return true;
  }

  private boolean byOffsets() {
    way = Way.OFFSETS;
    retrying = false;
    wanted = usual;
    return true;
  }

  private boolean withinBounds() {
    if (requests >= MAX_REQUESTS) {
      reason = "given up after %d requests".formatted(requests);
    } else if (failures >= MAX_FAILURES) {
      reason = "given up after %d failures, the last: %s".formatted(failures, reason);
    } else if (used.compareTo(budget) >= 0) {
      reason = "given up after %d s".formatted(used.toSeconds());
    } else {
      return true;
    }
    return false;
  }
}
