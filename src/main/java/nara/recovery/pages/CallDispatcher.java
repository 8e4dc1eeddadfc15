package nara.recovery.pages;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.recovery.PeerScores;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryConfig;

/**
 * The calls of a rung: those that wait and those that are under way, of which there are never more
 * than configured over all, nor more to one peer than its {@link AimdWindow} allows.
 *
 * <p>A call is under way until its events are merged, so that what is held of answers is bounded
 * however slow the ledger is.
 */
final class CallDispatcher {
  /** What a call is for. */
  enum CallPurpose {
    SKETCH,
    KEYS,
    CHECKPOINTS,
    ABOUT_SELF,
    PROBE,
    MORE_KEYS,
    FETCH_RANGE,
    CHECK_FETCHED,
    CHECK_SKIPPED
  }

  /**
   * One call.
   *
   * @param index which ruler, page or moment
   * @param subjectPeer whom it tells of, where that is not the peer
   * @param rangeFetch of a {@link CallPurpose#FETCH_RANGE}, else null
   * @param failedAttempts how often it has failed
   */
  record PagesCall(
      CallPurpose callPurpose,
      Peer peer,
      int index,
      String subjectPeer,
      Query query,
      RangeFetch rangeFetch,
      int failedAttempts) {
    PagesCall retryOn(Peer other) {
      return new PagesCall(
          callPurpose, other, index, subjectPeer, query, rangeFetch, failedAttempts + 1);
    }

    String peerName() {
      return peer.name();
    }
  }

  private final PeerScores peerScores;
  private final RecoveryConfig config;
  private final Deque<PagesCall> waiting = new ArrayDeque<>();
  private final Map<Integer, PagesCall> inFlight = new LinkedHashMap<>();
  private final Map<String, AimdWindow> windows = new HashMap<>();
  private int nextCallId;
  private int addedCount;

  CallDispatcher(PeerScores peerScores, RecoveryConfig config, int firstCallId) {
    this.peerScores = peerScores;
    this.config = config;
    this.nextCallId = firstCallId;
  }

  void add(PagesCall pagesCall) {
    waiting.add(pagesCall);
    addedCount++;
  }

  /** Adds one that goes on with what its peer just answered. */
  void addFirst(PagesCall pagesCall) {
    waiting.addFirst(pagesCall);
  }

  void retry(PagesCall pagesCall, Peer other) {
    waiting.add(pagesCall.retryOn(other));
  }

  /** Begins what waits, as far as there is room; what nobody can be asked for is left. */
  void start(
      Predicate<String> usable,
      Consumer<PagesCall> onUnusablePeer,
      List<PlanCommand> planCommands) {
    int rounds = waiting.size();
    for (int i = 0; i < rounds && inFlight.size() < config.maxInFlight(); i++) {
      PagesCall pagesCall = waiting.poll();
      if (!usable.test(pagesCall.peerName())) {
        onUnusablePeer.accept(pagesCall);
      } else if (hasRoom(pagesCall.peerName())) {
        start(pagesCall, planCommands);
      } else {
        waiting.add(pagesCall);
      }
    }
  }

  void start(PagesCall pagesCall, List<PlanCommand> planCommands) {
    inFlight.put(nextCallId, pagesCall);
    int size =
        switch (pagesCall.query) {
          case Query.Page page -> page.size();
          case Query.Recent recent -> recent.limit();
          case Query.Slice slice -> slice.maxEvents();
          case Query.Sample sample -> sample.size();
        };
    planCommands.add(
        new PlanCommand.StartFetch(
            nextCallId++,
            pagesCall.peer,
            pagesCall.query,
            config.timeout(size),
            peerScores.stallTimeout(pagesCall.peer)));
  }

  /** Whether there is room for one more to that peer. */
  boolean hasRoom(String name) {
    return inFlight.size() < config.maxInFlight()
        && inFlight.values().stream().filter(pagesCall -> pagesCall.peerName().equals(name)).count()
            < windowOf(name).window();
  }

  /** Takes note of a call's end; empty when it is none of these. */
  Optional<PagesCall> onCallEnded(int callId, FetchOutcome outcome) {
    Optional<PagesCall> call = Optional.ofNullable(inFlight.remove(callId));
    call.ifPresent(
        known -> {
          peerScores.onCallEnded(known.peer, outcome);
          switch (outcome) {
            case PageFetched page ->
                windowOf(known.peerName()).onResponse(page.events(), page.elapsed());
            case FetchFailed failed -> windowOf(known.peerName()).onFailure();
          }
        });
    return call;
  }

  /** Whether there is one like that, waiting or under way. */
  boolean anyMatch(Predicate<PagesCall> condition) {
    return waiting.stream().anyMatch(condition) || inFlight.values().stream().anyMatch(condition);
  }

  boolean anyWaiting() {
    return !waiting.isEmpty();
  }

  AimdWindow windowOf(String name) {
    return windows.computeIfAbsent(name, first -> new AimdWindow());
  }

  /** The number that the next one will have. */
  int nextCallId() {
    return nextCallId;
  }

  /** How many there are but those that walk. */
  int addedCount() {
    return addedCount;
  }

  /** How many of those are over. */
  int completedCount() {
    Predicate<PagesCall> other = pagesCall -> pagesCall.callPurpose != CallPurpose.FETCH_RANGE;
    return addedCount
        - (int) waiting.stream().filter(other).count()
        - (int) inFlight.values().stream().filter(other).count();
  }
}
