package nara.recovery.pages;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.PageFetched;
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
 *       └── error or unusual events ──► unsketchable (its ledger is fetched as a whole)
 * </pre>
 *
 * <p>Slow peers do not delay the others: once half of the peers are sketched, the rest has {@link
 * PagesLimits#SKETCH_GRACE}. A peer that comes later joins its group after the other ranges.
 */
final class SketchCollector {
  private final Collection<String> peers;
  private final PeerScores peerScores;
  private final CallDispatcher dispatcher;
  private final ReplicaGroups groups;
  private final Map<String, LedgerSketch> coarseSketches = new HashMap<>();
  private final Set<String> late = new HashSet<>();
  private boolean graceStarted;

  SketchCollector(
      Collection<String> peers,
      PeerScores scores,
      CallDispatcher dispatcher,
      ReplicaGroups groups) {
    this.peers = peers;
    this.peerScores = scores;
    this.dispatcher = dispatcher;
    this.groups = groups;
    peers.forEach(peer -> addCall(peer, 0, LedgerSketch.coarseQuery()));
  }

  private void addCall(String peer, int index, Query query) {
    dispatcher.add(CallPurpose.SKETCH, peer, index, "", query);
  }

  void onResponse(PagesCall call, PageFetched page) {
    String peer = call.peerName();
    if (page.eventRefs().size() != page.events()) {
      // Some events state no time or id in the usual form, so the ranks of the others are unknown.
      groups.add(peer, Optional.empty());
    } else if (call.index() == 0) {
      LedgerSketch coarse = LedgerSketch.ofCoarse(page.eventRefs());
      coarseSketches.put(peer, coarse);
      coarse
          .fineQuery()
          .ifPresentOrElse(
              query -> addCall(peer, 1, query), () -> groups.add(peer, Optional.of(coarse)));
    } else {
      LedgerSketch coarse = coarseSketches.get(peer);
      groups.add(peer, Optional.of(coarse.withFine(page.eventRefs())));
    }
  }

  void onFailure(PagesCall call) {
    late.add(call.peerName());
  }

  /** A peer that stalls gets further attempts, each with a longer stall timeout. */
  boolean retryable(PagesCall call, MeshFailure failure) {
    return failure == MeshFailure.STALLED
        || call.failedAttempts() + 1 < PagesLimits.SKETCH_ATTEMPTS;
  }

  void onAbandoned(PagesCall call) {
    PeerScore score = peerScores.of(call.peerName());
    if (score.usable() && (score.hasResponded() || score.onlyErrorResponses())) {
      groups.add(call.peerName(), Optional.empty());
    }
  }

  /** Whether a phase waits for this call. The last phase waits for late peers that do not stall. */
  boolean blocksPhase(PagesCall call, Phase phase) {
    if (!groups.anyResolved()) {
      return true;
    }
    return switch (phase) {
      case SKETCH -> !late.contains(call.peerName());
      case KEYS, PROBE, MORE_KEYS, FETCH -> false;
      case CHECK -> peerScores.of(call.peerName()).responsive();
    };
  }

  /** Starts the grace period, once, when half of the peers are sketched; true when it starts. */
  boolean startGrace() {
    long resolved = peers.stream().filter(groups::isResolved).count();
    if (graceStarted || resolved == 0 || resolved == peers.size() || 2 * resolved < peers.size()) {
      return false;
    }
    graceStarted = true;
    return true;
  }

  void onTimerFired() {
    if (graceStarted) {
      peers.stream().filter(peer -> !groups.isResolved(peer)).forEach(late::add);
    }
  }
}
