package nara.recovery;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ReconcileOutcome;

/** One mesh rung of the ladder: it starts calls, takes their outcomes, and starts further calls. */
public interface RungExecution {
  /** Starts the calls that may start now; returns their commands, and a wait if it needs one. */
  List<PlanCommand> startCalls(Instant now);

  /** Takes the outcome of a fetch; false when the call is not in flight here. */
  default boolean onCallEnded(int callId, FetchOutcome outcome) {
    return false;
  }

  /** Takes the outcome of a reconciliation; false when the call is not in flight here. */
  default boolean onCallEnded(int callId, ReconcileOutcome outcome) {
    return false;
  }

  /** A wait is over: one of this rung or of an earlier one. */
  default void onTimerFired() {}

  /** The rung goes on. Timers that fired while it was suspended had no effect on it. */
  default void onResumed() {}

  boolean finished();

  /** Whether the next rung has to do all the work again. */
  boolean failed();

  /** A sentence about the events that no peer could give; empty when there are none. */
  default String lossDescription() {
    return "";
  }

  /** The peers that may still hold missing events. */
  List<Peer> peersForNextRung();

  /** The peers that answered, but did not give the announcements that bring the keys. */
  default Set<String> peersWithoutKeys() {
    return Set.of();
  }

  int plannedCalls();

  int completedCalls();

  /** The events that are still to come, at least; empty while this is unknown. */
  default OptionalLong remainingEvents() {
    return OptionalLong.empty();
  }

  /** A sentence for the report. */
  String summary();
}
