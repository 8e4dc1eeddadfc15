package nara.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ReconcileOutcome;

/** What one rung of the mesh does: calls that begin, end, and lead to further ones. */
public interface RungExecution {
  /** The calls that may begin now. */
  List<PlanCommand> startCalls();

  /** Takes note of a call's end; false when it is not one of this rung. */
  boolean onCallEnded(int callId, FetchOutcome outcome);

  /** The same of a reconciliation, which only one rung begins. */
  default boolean onCallEnded(int callId, ReconcileOutcome outcome) {
    return false;
  }

  /** Whether nothing that is waited for is under way and nothing is left to begin. */
  boolean finished();

  /** After how long it wants to be woken, whatever happens until then; empty when it does not. */
  default Optional<Duration> timerDelay() {
    return Optional.empty();
  }

  /** The time that it wanted to be woken at has come, or one of an earlier rung. */
  default void onTimerFired() {}

  /** Whether it went so badly that the next rung should do it all again. */
  boolean failed();

  /** What nobody could give, in words for a person; empty when nothing is missing. */
  String lossDescription();

  /** The peers that have given no answer at all so far. */
  List<Peer> peersForNextRung();

  /** The number that the next call would have. */
  int nextCallId();

  /** How many calls are known to be needed, for progress. */
  int plannedCalls();

  /** How many of them have ended. */
  int completedCalls();

  /** A sentence about how it went. */
  String summary();
}
