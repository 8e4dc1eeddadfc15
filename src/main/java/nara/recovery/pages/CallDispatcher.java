package nara.recovery.pages;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.CallQueue;
import nara.recovery.PeerScores;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryConfig;

/**
 * The fetches of the pages rung, to each peer never more than its {@link AimdWindow} allows.
 *
 * <p>Two limits bound the calls in flight: one for peers that have responded, one for all others.
 * So silent peers do not delay the calls to those that respond. A call to a peer that stayed silent
 * waits until no other call does.
 */
final class CallDispatcher extends CallQueue<CallDispatcher.PagesCall> {
  /** The purpose of a fetch. */
  enum CallPurpose {
    SKETCH,
    KEYS,
    ABOUT_SELF,
    PROBE,
    FETCH_RANGE,
    CHECK_FETCHED,
    CHECK_SKIPPED
  }

  /**
   * One fetch.
   *
   * @param index of the sketch's part, the page or the probe time
   * @param subjectPeer the peer or group that the events say something about; may be empty
   * @param rangeFetch of {@link CallPurpose#FETCH_RANGE}, else null
   */
  record PagesCall(
      CallPurpose purpose,
      Peer peer,
      int index,
      String subjectPeer,
      Query query,
      RangeFetch rangeFetch,
      int failedAttempts)
      implements Call {
    String peerName() {
      return peer.name();
    }

    /** Whether its response has a few events, so that the round trip takes most of its time. */
    boolean isSmall() {
      return switch (purpose) {
        case PROBE, CHECK_FETCHED, CHECK_SKIPPED -> true;
        case SKETCH, KEYS, ABOUT_SELF, FETCH_RANGE -> false;
      };
    }

    PagesCall retriedAt(Peer next) {
      return new PagesCall(
          purpose, next, index, subjectPeer, query, rangeFetch, failedAttempts + 1);
    }
  }

  private final Map<String, Peer> peers;
  private final Map<String, AimdWindow> windows = new HashMap<>();
  private final LostPeers lostPeers;
  private int addedCount;

  CallDispatcher(
      Map<String, Peer> peers,
      PeerScores scores,
      LostPeers lostPeers,
      RecoveryConfig config,
      IntSupplier callIds) {
    super(scores, config, callIds);
    this.peers = peers;
    this.lostPeers = lostPeers;
  }

  void add(CallPurpose purpose, String peer, int index, String subjectPeer, Query query) {
    waiting.add(new PagesCall(purpose, peers.get(peer), index, subjectPeer, query, null, 0));
    addedCount++;
  }

  /** Adds a call before all waiting ones. */
  void addFirst(CallPurpose purpose, String peer, int index, Query query) {
    waiting.addFirst(new PagesCall(purpose, peers.get(peer), index, "", query, null, 0));
    addedCount++;
  }

  void retry(PagesCall call, String peer) {
    waiting.add(call.retriedAt(peers.get(peer)));
  }

  /** Repeats a call at a lost peer, after its pause. */
  void repeat(PagesCall call) {
    waiting.addFirst(call);
  }

  /** Adds the next page of a range before all waiting calls. */
  void addNextPage(String peer, RangeFetch fetch) {
    waiting.addFirst(nextPage(peer, fetch));
  }

  PlanCommand startNextPage(String peer, RangeFetch fetch) {
    return start(nextPage(peer, fetch));
  }

  private PagesCall nextPage(String peer, RangeFetch fetch) {
    Query query = fetch.nextQuery(windowOf(peer).pageSize());
    return new PagesCall(CallPurpose.FETCH_RANGE, peers.get(peer), 0, "", query, fetch, 0);
  }

  /** Starts waiting calls as far as there is room; the handler gets those of unusable peers. */
  void startWaiting(Consumer<PagesCall> onUnusablePeer, List<PlanCommand> commands) {
    // The handler may give a call to another peer. Without a call in flight, nothing else would
    // start it.
    do {
      startOnce(onUnusablePeer, commands);
    } while (inFlight.isEmpty()
        && waiting.stream().anyMatch(call -> !lostPeers.isPaused(call.peerName())));
  }

  private void startOnce(Consumer<PagesCall> onUnusablePeer, List<PlanCommand> commands) {
    List<PagesCall> silent = new ArrayList<>();
    int count = waiting.size();
    for (int i = 0; i < count; i++) {
      PagesCall call = waiting.poll();
      if (!mayStart(call)) {
        onUnusablePeer.accept(call);
      } else if (peerScores.of(call.peerName()).silent()) {
        silent.add(call);
      } else {
        startOrWait(call, commands);
      }
    }
    boolean nothingElse = waiting.stream().allMatch(call -> lostPeers.isPaused(call.peerName()));
    silent.forEach(
        call -> {
          if (nothingElse) {
            startOrWait(call, commands);
          } else {
            waiting.add(call);
          }
        });
  }

  /** Whether its peer may get the call, as a last resort if it is one. */
  boolean mayStart(PagesCall call) {
    return call.rangeFetch() == null
        ? peerScores.usable(call.peerName())
        : call.rangeFetch().mayBeFetchedBy(call.peerName(), peerScores);
  }

  private void startOrWait(PagesCall call, List<PlanCommand> commands) {
    if (hasRoom(call.peerName(), call.isSmall())) {
      commands.add(start(call));
    } else {
      waiting.add(call);
    }
  }

  /** Whether there is room for a page of a range. */
  boolean hasRoom(String peer) {
    return hasRoom(peer, false);
  }

  private boolean hasRoom(String peer, boolean small) {
    if (lostPeers.isPaused(peer)) {
      return false;
    }
    boolean responded = peerScores.of(peer).hasResponded();
    int all = 0;
    int same = 0;
    int sameHost = 0;
    for (PagesCall call : inFlight.values()) {
      all += peerScores.of(call.peerName()).hasResponded() == responded ? 1 : 0;
      same += call.peerName().equals(peer) ? 1 : 0;
      sameHost += call.peer().host().equals(peers.get(peer).host()) ? 1 : 0;
    }
    if (same >= (small ? windowOfSmall(peer) : windowOf(peer).window())) {
      return false;
    }
    if (responded) {
      return all < config.maxInFlight();
    }
    int places = PagesLimits.NEWCOMERS_PER_PLACE * config.maxInFlight();
    return all < places && (peers.get(peer).configured() || sameHost < places / 2);
  }

  @Override
  protected Optional<PagesCall> end(int callId, FetchOutcome outcome) {
    Optional<PagesCall> ended = super.end(callId, outcome);
    ended.ifPresent(
        call -> {
          switch (outcome) {
            case PageFetched page ->
                windowOf(call.peerName()).onResponse(page.events(), page.elapsed());
            case FetchFailed failed -> windowOf(call.peerName()).onFailure();
          }
        });
    return ended;
  }

  /** A peer without slices may have pages, so it stays usable. */
  @Override
  protected FetchOutcome scored(PagesCall call, FetchOutcome outcome) {
    return call.query() instanceof Query.Slice
            && outcome instanceof FetchFailed failed
            && failed.failure() == MeshFailure.UNSUPPORTED
        ? new FetchFailed(MeshFailure.STATUS, failed.reason())
        : outcome;
  }

  /** Whether a waiting call or one in flight meets the condition. */
  boolean anyMatch(Predicate<PagesCall> condition) {
    return waiting.stream().anyMatch(condition) || inFlight.values().stream().anyMatch(condition);
  }

  /** One peer never takes all places. */
  private int windowOfSmall(String peer) {
    int window = windowOf(peer).windowOfSmall();
    return Math.clamp(config.maxInFlight() - 1, 1, window);
  }

  private AimdWindow windowOf(String peer) {
    return windows.computeIfAbsent(peer, first -> new AimdWindow());
  }

  /** Calls without those of ranges. */
  int addedCount() {
    return addedCount;
  }

  /** Ended calls without those of ranges. */
  int completedCount() {
    Predicate<PagesCall> counted = call -> call.purpose != CallPurpose.FETCH_RANGE;
    return addedCount
        - (int) waiting.stream().filter(counted).count()
        - (int) inFlight.values().stream().filter(counted).count();
  }
}
