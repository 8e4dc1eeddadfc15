package nara.recovery.pages;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PeerScore;
import nara.recovery.PeerScores;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.CallDispatcher.PagesCall;
import nara.recovery.pages.PagesRung.Phase;

/**
 * Sketches each peer's ledger at the start of the rung.
 *
 * <pre>
 * coarse sketch ──► fine sketch ──► sketched
 *       │  ├── as many points as requested ──► coarse sketch with more points
 *       │  └── no event ──► first page ──► empty, or unsketchable
 *       └── error or unusual events ──► unsketchable (its ledger is fetched as a whole)
 * </pre>
 *
 * <p>Slow peers do not delay the others: once half of the peers are sketched, the rest has {@link
 * PagesLimits#SKETCH_GRACE}, and {@link PagesLimits#SKETCH_PATIENCE} before. A peer that comes
 * later joins its group after the other ranges.
 *
 * <p>When the number of peers to fetch from is limited, it tries a few more at once, and one more
 * for each that turns out silent or empty. The peers come in order of preference.
 */
final class SketchCollector {
  private static final int COARSE = 0;
  private static final int FINE = 1;
  private static final int FIRST_PAGE = 2;
  private static final int COARSE_OF_LARGE = 3;

  private final Set<String> tried = new LinkedHashSet<>();
  private final Deque<String> untried;
  private final Set<String> configured = new HashSet<>();
  private final int maxSelected;
  private final PeerScores peerScores;
  private final CallDispatcher dispatcher;
  private final ReplicaGroups groups;
  private final Map<String, LedgerSketch> coarseSketches = new HashMap<>();
  private final Map<String, Integer> sketchedEvents = new HashMap<>();
  private final Map<String, Integer> rejectedEvents = new HashMap<>();
  private final Set<String> late = new HashSet<>();

  /** Silent peers that were asked again: a response may have been lost on the way. */
  private final Set<String> retried = new HashSet<>();

  private boolean retryGraceDue;
  private boolean patienceStarted;
  private boolean graceStarted;

  SketchCollector(
      Collection<Peer> peers,
      int maxSelected,
      PeerScores scores,
      CallDispatcher dispatcher,
      ReplicaGroups groups) {
    this.untried = new ArrayDeque<>();
    for (Peer peer : peers) {
      untried.add(peer.name());
      if (peer.configured()) {
        configured.add(peer.name());
      }
    }
    this.maxSelected = maxSelected;
    this.peerScores = scores;
    this.dispatcher = dispatcher;
    this.groups = groups;
    tryMore();
  }

  /** Tries peers until enough hold events, or may still turn out to. */
  void tryMore() {
    long candidates = tried.stream().filter(this::mayBeSelected).count();
    long wanted = (long) PagesLimits.TRIED_PER_SELECTED * maxSelected;
    while (selectedPeers().size() < maxSelected && candidates < wanted && !untried.isEmpty()) {
      String peer = untried.poll();
      tried.add(peer);
      addCall(peer, COARSE, LedgerSketch.coarseQuery(PagesLimits.FIRST_COARSE_POINTS));
      candidates++;
    }
  }

  private boolean mayBeSelected(String peer) {
    return groups.isResolved(peer) ? !groups.isEmpty(peer) : !late.contains(peer);
  }

  /** The first peers that hold events, at most as many as the rung fetches from. */
  List<String> selectedPeers() {
    return tried.stream()
        .filter(peer -> groups.isResolved(peer) && !groups.isEmpty(peer))
        .limit(maxSelected)
        .toList();
  }

  /** Whether the peer is among the first that may be selected. */
  boolean isCandidate(String peer) {
    return tried.stream().filter(this::mayBeSelected).limit(maxSelected).anyMatch(peer::equals);
  }

  /** Whether the peer holds events, as far as it is known by now. */
  boolean holdsEvents(String peer) {
    LedgerSketch coarse = coarseSketches.get(peer);
    return groups.isResolved(peer)
        ? !groups.isEmpty(peer)
        : coarse != null && !coarse.points().isEmpty();
  }

  /** The peers that were asked for a sketch. */
  Set<String> triedPeers() {
    return tried;
  }

  private void addCall(String peer, int index, Query query) {
    dispatcher.add(CallPurpose.SKETCH, peer, index, "", query);
  }

  /** The other phases wait for sketches, so they come before the announcements of other peers. */
  private void addNextCall(String peer, int index, Query query) {
    dispatcher.addFirst(CallPurpose.SKETCH, peer, index, query);
  }

  void onResponse(PagesCall call, PageFetched page) {
    String peer = call.peerName();
    if (!page.fault().isEmpty() || !isUsable(page)) {
      // Some events state no time or id in the usual form, or are out of order: no rank is known.
      groups.add(peer, Optional.empty());
      return;
    }
    countRejected(peer, page);
    if (call.index() == COARSE && page.events() >= PagesLimits.FIRST_COARSE_POINTS) {
      // The oldest points are missing, and without them no rank is known.
      addNextCall(peer, COARSE_OF_LARGE, LedgerSketch.coarseQuery(PagesLimits.MAX_COARSE_POINTS));
      return;
    }
    switch (call.index()) {
      case COARSE, COARSE_OF_LARGE -> {
        LedgerSketch coarse = LedgerSketch.ofCoarse(page.eventRefs());
        coarseSketches.put(peer, coarse);
        // A peer may respond to slices with no events, although it holds some.
        Query firstPage =
            new Query.Page(Long.MIN_VALUE, PagesLimits.MIN_RANGE_PAGE, Query.Filter.ALL);
        coarse
            .fineQuery()
            .ifPresentOrElse(
                query -> addNextCall(peer, FINE, query),
                () -> addNextCall(peer, FIRST_PAGE, firstPage));
      }
      case FINE -> {
        LedgerSketch sketch = coarseSketches.get(peer).withFine(page.eventRefs());
        groups.add(peer, Optional.of(sketch));
        if (!isInvented(peer)) {
          peerScores.of(peer).onClaim(sketch.count());
        }
      }
      default ->
          groups.add(
              peer,
              page.events() == 0 && page.nextCursor().isEmpty()
                  ? Optional.of(coarseSketches.get(peer))
                  : Optional.empty());
    }
  }

  private static boolean isUsable(PageFetched page) {
    boolean ascending = true;
    for (int i = 1; i < page.eventRefs().size(); i++) {
      ascending &= page.eventRefs().get(i - 1).ts() <= page.eventRefs().get(i).ts();
    }
    return ascending && page.eventRefs().size() == page.events();
  }

  private void countRejected(String peer, PageFetched page) {
    sketchedEvents.merge(peer, page.events(), Integer::sum);
    rejectedEvents.merge(peer, page.offerResult().rejected(), Integer::sum);
  }

  /** Whether so much of the sketch was rejected that it shows nothing about honest events. */
  boolean isInvented(String peer) {
    return rejectedEvents.getOrDefault(peer, 0)
        > PagesLimits.MAX_REJECTED_SKETCH * sketchedEvents.getOrDefault(peer, 0);
  }

  void onFailure(PagesCall call) {
    late.add(call.peerName());
    if (call.failedAttempts() == 0 && !mostAreSilent()) {
      retryGraceDue |= retried.add(call.peerName());
    }
    tryMore();
  }

  /** The wait for peers that were asked again, when one starts. */
  Optional<Duration> startRetryGrace() {
    boolean starts = retryGraceDue;
    retryGraceDue = false;
    return starts ? Optional.of(PagesLimits.RETRY_GRACE) : Optional.empty();
  }

  void onRetryGraceOver() {
    retried.clear();
  }

  /** A peer that stalls gets further attempts, each with a longer stall timeout. */
  boolean retryable(PagesCall call, MeshFailure failure) {
    return failure == MeshFailure.STALLED
        || (failure != MeshFailure.UNSUPPORTED
            && call.failedAttempts() + 1 < PagesLimits.SKETCH_ATTEMPTS);
  }

  void onAbandoned(PagesCall call) {
    PeerScore score = peerScores.of(call.peerName());
    if (score.usable() && (score.hasResponded() || score.onlyErrorResponses())) {
      groups.add(call.peerName(), Optional.empty());
    }
  }

  /**
   * Whether a phase waits for this call. The later phases wait for peers that do not stall. Unless
   * most of the peers are silent, the end also waits for the second attempt: at configured peers
   * for as long as it takes, because their latency may be long, and at others for a short time.
   */
  boolean blocksPhase(PagesCall call, Phase phase) {
    if (!groups.anyResolved()) {
      return true;
    }
    return switch (phase) {
      case SKETCH -> !late.contains(call.peerName());
      case KEYS, PROBE, FETCH -> false;
      case CHECK, LAST_RESORT ->
          peerScores.of(call.peerName()).responsive()
              || retried.contains(call.peerName())
              || (configured.contains(call.peerName())
                  && call.failedAttempts() < PagesLimits.SKETCH_ATTEMPTS
                  && !mostAreSilent());
    };
  }

  private boolean mostAreSilent() {
    return 2 * tried.stream().filter(groups::isResolved).count() < tried.size();
  }

  /** The wait for the rest of the peers, when one starts. */
  Optional<Duration> startGrace() {
    long resolved = tried.stream().filter(groups::isResolved).count();
    if (graceStarted || resolved == 0 || resolved == tried.size()) {
      return Optional.empty();
    }
    if (2 * resolved >= tried.size()) {
      graceStarted = true;
      return Optional.of(PagesLimits.SKETCH_GRACE);
    }
    if (patienceStarted) {
      return Optional.empty();
    }
    patienceStarted = true;
    return Optional.of(PagesLimits.SKETCH_PATIENCE);
  }

  void onGraceOver() {
    tried.stream().filter(peer -> !groups.isResolved(peer)).forEach(late::add);
    tryMore();
  }
}
