package nara.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.ReconcileOutcome;

/** What one rung of the mesh does: calls that begin, end, and lead to further ones. */
interface Work {
  /** The calls that may begin now. */
  List<Command> begin();

  /** Takes note of a call's end; false when it is not one of this rung. */
  boolean ended(int call, FetchOutcome outcome);

  /** The same of a reconciliation, which only one rung begins. */
  default boolean ended(int call, ReconcileOutcome outcome) {
    return false;
  }

  /** Whether nothing that is waited for is under way and nothing is left to begin. */
  boolean over();

  /** After how long it wants to be woken, whatever happens until then; empty when it does not. */
  default Optional<Duration> wakeAfter() {
    return Optional.empty();
  }

  /** The time that it wanted to be woken at has come, or one of an earlier rung. */
  default void woken() {}

  /** Whether it went so badly that the next rung should do it all again. */
  boolean failed();

  /** What nobody could give, in words for a person; empty when nothing is missing. */
  String loss();

  /** The peers that have given no answer at all so far. */
  List<Peer> unanswered();

  /** The number that the next call would have. */
  int nextCall();

  /** How many calls are known to be needed, for progress. */
  int planned();

  /** How many of them have ended. */
  int settled();

  /** A sentence about how it went. */
  String summary();
}
