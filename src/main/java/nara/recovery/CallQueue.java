package nara.recovery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;

/**
 * The fetches of a rung that wait or are in flight, never more in flight than configured. A fetch
 * is in flight until its events are merged, so a slow ledger bounds the events held in memory.
 */
public abstract class CallQueue<C extends CallQueue.Call> {
  /** A fetch from one peer. */
  public interface Call {
    Peer peer();

    Query query();
  }

  protected final PeerScores peerScores;
  protected final RecoveryConfig config;
  protected final Deque<C> waiting = new ArrayDeque<>();
  protected final Map<Integer, C> inFlight = new LinkedHashMap<>();
  private final IntSupplier callIds;

  protected CallQueue(PeerScores scores, RecoveryConfig config, IntSupplier callIds) {
    this.peerScores = scores;
    this.config = config;
    this.callIds = callIds;
  }

  public final boolean hasRoom() {
    return inFlight.size() < config.maxInFlight();
  }

  public final PlanCommand start(C call) {
    int callId = callIds.getAsInt();
    inFlight.put(callId, call);
    int maxEvents =
        switch (call.query()) {
          case Query.Page page -> page.size();
          case Query.Recent recent -> recent.limit();
          case Query.Slice slice -> slice.maxEvents();
          case Query.Sample sample -> sample.size();
        };
    return new PlanCommand.StartFetch(
        callId,
        call.peer(),
        call.query(),
        config.timeout(maxEvents),
        peerScores.of(call.peer().name()).stallTimeout());
  }

  /** Takes a call out and scores its outcome; empty when the call is not in flight here. */
  protected Optional<C> end(int callId, FetchOutcome outcome) {
    Optional<C> call = Optional.ofNullable(inFlight.remove(callId));
    call.ifPresent(ended -> peerScores.onCallEnded(ended.peer(), scored(ended, outcome)));
    return call;
  }

  /** The outcome as it counts for the peer's score. */
  protected FetchOutcome scored(C call, FetchOutcome outcome) {
    return outcome;
  }
}
