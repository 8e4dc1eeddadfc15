package nara.opinion;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * Requests to the opinion verticle. Until the recovery has finished it replies that no opinions
 * have formed, because a partly recovered ledger would give wrong ones.
 *
 * @param <R> the type of the reply
 */
public sealed interface OpinionRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.opinion";

  /** Asks for the opinions about all subjects. */
  record GetOpinions() implements OpinionRequest<Opinions> {}

  /** Asks what this node knows of its own past. */
  record GetOwnHistory() implements OpinionRequest<OwnHistory> {}

  /**
   * This node's own past.
   *
   * @param startTime when this node first started, Unix seconds: by the votes of the peers that
   *     answered its announcement; without votes by the ledger; else when this process started
   * @param restarts according to the ledger; 0 until opinions have formed
   * @param lastRestart when this process started, Unix seconds
   * @param votes how many peers voted on the start time
   */
  record OwnHistory(long startTime, long restarts, long lastRestart, int votes)
      implements BusMessage {}
}
