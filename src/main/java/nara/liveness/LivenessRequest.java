package nara.liveness;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * Requests to the liveness verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface LivenessRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.liveness";

  /** Asks how far away the other naras are. */
  record GetRoundTripTimes() implements LivenessRequest<RoundTripTimes> {}

  /** The average round trip to each target in milliseconds, by name. */
  record RoundTripTimes(Map<String, Double> averageByTarget) implements BusMessage {}

  /** Asks for the counters. */
  record GetLivenessCounts() implements LivenessRequest<LivenessCounts> {}

  /**
   * The counters since the start.
   *
   * @param checks presence checks
   * @param observations new observations of this node in its ledger
   * @param pings new ping events of this node in its ledger
   * @param seenReports new seen events of this node in its ledger
   * @param expired neighbours that this node has forgotten
   */
  record LivenessCounts(long checks, long observations, long pings, long seenReports, long expired)
      implements BusMessage {}
}
