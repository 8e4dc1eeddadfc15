package nara.recovery.pages;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
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

/**
 * Has every ledger measured, at the beginning of a recovery. Nobody slow holds the others up: once
 * half of the neighbours are measured the rest has {@link #GRACE}, and who comes later is compared
 * with what is held when all else is done.
 */
final class SketchCollector {
  /** How long the others wait for the slow half: far more than a way around the world takes. */
  static final Duration GRACE = Duration.ofMillis(500);

  /** How often it is tried, when the peer does answer. */
  private static final int MAX_ATTEMPTS = 2;

  private final Collection<Peer> peers;
  private final PeerScores peerScores;
  private final CallDispatcher callDispatcher;
  private final ReplicaGroups replicaGroups;
  private final Set<String> late = new HashSet<>();
  private boolean graceStarted;

  SketchCollector(
      Collection<Peer> peers,
      PeerScores peerScores,
      CallDispatcher callDispatcher,
      ReplicaGroups replicaGroups) {
    this.peers = peers;
    this.peerScores = peerScores;
    this.callDispatcher = callDispatcher;
    this.replicaGroups = replicaGroups;
    peers.forEach(peer -> addCall(peer, 0, LedgerSketch.coarseQuery()));
  }

  private void addCall(Peer peer, int index, Query query) {
    callDispatcher.add(new PagesCall(CallPurpose.SKETCH, peer, index, "", query, null, 0));
  }

  void onResponse(PagesCall pagesCall, PageFetched page) {
    String name = pagesCall.peerName();
    if (page.eventRefs().size() != page.events()) {
      // Events of an unusual form: the places of the others are not known then.
      replicaGroups.addUnsketchable(name);
    } else if (pagesCall.index() == 0) {
      replicaGroups
          .addCoarse(name, page.eventRefs())
          .fineQuery()
          .ifPresentOrElse(
              query -> addCall(pagesCall.peer(), 1, query),
              () -> replicaGroups.addFine(name, page.eventRefs()));
    } else {
      replicaGroups.addFine(name, page.eventRefs());
    }
  }

  /** Whether it is asked again; who stalls is, with more patience each time. */
  boolean shouldRetry(PagesCall pagesCall, MeshFailure failure) {
    late.add(pagesCall.peerName());
    return failure == MeshFailure.STALLED || pagesCall.failedAttempts() + 1 < MAX_ATTEMPTS;
  }

  /** It is not asked again: one that is there will be walked as it is. */
  void onAbandoned(PagesCall pagesCall) {
    PeerScore peerScore = peerScores.of(pagesCall.peerName());
    if (peerScore.usable() && (peerScore.hasResponded() || peerScore.onlyErrorResponses())) {
      replicaGroups.addUnsketchable(pagesCall.peerName());
    }
  }

  /**
   * Whether a phase ends only when this call does. In the end those who are late are waited for,
   * but not one that has stalled, as long as anybody else has answered.
   */
  boolean blocksPhase(PagesCall pagesCall, CallPurpose phase) {
    if (!replicaGroups.anyResolved()) {
      return true;
    }
    return switch (phase) {
      case SKETCH -> !late.contains(pagesCall.peerName());
      case KEYS, CHECKPOINTS, ABOUT_SELF, PROBE, MORE_KEYS, FETCH_RANGE -> false;
      case CHECK_FETCHED, CHECK_SKIPPED -> peerScores.of(pagesCall.peerName()).responsive();
    };
  }

  /**
   * After how long {@link #onTimerFired} wants to be called; once, when half of them are measured.
   */
  Optional<Duration> timerDelay() {
    long resolved = peers.stream().filter(peer -> replicaGroups.isResolved(peer.name())).count();
    if (graceStarted || resolved == 0 || resolved == peers.size() || 2 * resolved < peers.size()) {
      return Optional.empty();
    }
    graceStarted = true;
    return Optional.of(GRACE);
  }

  void onTimerFired() {
    if (graceStarted) {
      peers.stream()
          .map(Peer::name)
          .filter(name -> !replicaGroups.isResolved(name))
          .forEach(late::add);
    }
  }
}
