package nara.checkpoint.consensus;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;

/**
 * What the consensus verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface ConsensusRequest<R extends BusMessage> extends Request<R> {
  /** Where the consensus verticle is asked. */
  String ADDRESS = "nara.checkpoint.consensus";

  /** The recovery is over, so this node knows enough to vote and to propose. Only once. */
  record StartConsensus() implements ConsensusRequest<Done> {}

  /** How it stands. */
  record GetConsensusState() implements ConsensusRequest<ConsensusState> {}

  /**
   * The answer to {@link GetConsensusState}.
   *
   * @param voting whether this node votes: the recovery is over, and it does not only read
   * @param round of the proposal of this node that is open; 0 when there is none
   * @param votes counted in that round
   * @param counts what was done so far: proposed, put_off (for want of neighbours, votes or a
   *     broker), asked, voted, agreed, failed, finals …
   * @param rejected what changed nothing, by reason
   */
  record ConsensusState(
      boolean voting, int round, int votes, Map<String, Long> counts, Map<String, Long> rejected)
      implements BusMessage {}
}
