package nara.recovery.pages;

import java.util.Optional;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PeerScores;
import nara.recovery.RecoveryConfig;
import nara.recovery.pages.CallDispatcher.PagesCall;

/**
 * Decides what happens to a failed call: its peer gets it again, another peer gets it, or it is
 * abandoned.
 */
record CallReassigner(
    PeerScores peerScores,
    RecoveryConfig config,
    CallDispatcher dispatcher,
    ReplicaGroups groups,
    RangeScheduler scheduler,
    SketchCollector sketches,
    Announcements announcements) {

  void onFailed(PagesCall call, MeshFailure failure) {
    if (dispatcher.mayStart(call) && retryable(call, failure)) {
      dispatcher.retry(call, call.peerName());
    } else {
      reassignOrAbandon(call);
    }
  }

  private boolean retryable(PagesCall call, MeshFailure failure) {
    return switch (call.purpose()) {
      case SKETCH -> sketches.retryable(call, failure);
      case FETCH_RANGE ->
          retryable(
              call,
              failure,
              call.rangeFetch().isLastResort()
                  || call.rangeFetch().candidates().stream().anyMatch(peerScores::preferred));
      case ABOUT_SELF ->
          retryable(
              call, failure, groups.representative().filter(peerScores::preferred).isPresent());
      case KEYS -> retryable(call, failure, false);
      case PROBE, CHECK_FETCHED, CHECK_SKIPPED -> retryable(call, failure, true);
    };
  }

  /** A stalled call moves at once, if another peer is available. */
  private boolean retryable(PagesCall call, MeshFailure failure, boolean otherPeerAvailable) {
    return call.failedAttempts() + 1 < config.callTries()
        && !(failure == MeshFailure.STALLED && otherPeerAvailable);
  }

  /** Gives a call that any peer can serve to another one. The others concern their peer alone. */
  void reassignOrAbandon(PagesCall call) {
    switch (call.purpose()) {
      case FETCH_RANGE -> scheduler.requeue(call.rangeFetch());
      case ABOUT_SELF -> {
        Optional<String> other = groups.representative();
        if (call.failedAttempts() < config.callTries() && other.isPresent()) {
          dispatcher.retry(call, other.get());
        }
      }
      case SKETCH -> sketches.onAbandoned(call);
      case KEYS -> announcements.onAbandoned(call);
      // A peer that showed too few probed events is fetched from.
      case PROBE, CHECK_FETCHED, CHECK_SKIPPED -> {}
    }
  }
}
