package nara.checkpoint.consensus;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;

/**
 * Requests to the consensus verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface ConsensusRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.checkpoint.consensus";

  /** The recovery has finished: this node may vote and propose from now on. */
  record StartConsensus() implements ConsensusRequest<Done> {}

  /** Asks for the state and the counters. */
  record GetConsensusState() implements ConsensusRequest<ConsensusState> {}

  /**
   * The state of the consensus.
   *
   * @param voting whether this node votes: its recovery has finished, and it is not read-only
   * @param round of this node's open proposal; 0 without one
   * @param votes counted in that round
   * @param counts since the start: proposed, put_off (too few neighbours, no votes, or no broker),
   *     asked, voted, unsaid (votes that were not published), agreed, failed, finals
   * @param rejected messages by the reason of their rejection
   */
  record ConsensusState(
      boolean voting, int round, int votes, Map<String, Long> counts, Map<String, Long> rejected)
      implements BusMessage {}
}
