package nara.liveness;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * What the upkeep verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface LivenessRequest<R extends BusMessage> extends Request<R> {
  /** Where the upkeep verticle is asked. */
  String ADDRESS = "nara.liveness";

  /** How far away everybody is. */
  record GetRoundTripTimes() implements LivenessRequest<RoundTripTimes> {}

  /**
   * The answer to {@link GetRoundTripTimes}: target name to its average round trip in milliseconds.
   */
  record RoundTripTimes(Map<String, Double> averageByTarget) implements BusMessage {}

  /** What was done so far. */
  record GetLivenessCounts() implements LivenessRequest<LivenessCounts> {}

  /**
   * The answer to {@link GetLivenessCounts}.
   *
   * @param checks how often it looked around
   * @param observations observations of this node's own that went into the ledger
   * @param pings round trips measured
   * @param seenReports how often somebody was said to be seen
   * @param expired neighbours forgotten
   */
  record LivenessCounts(long checks, long observations, long pings, long seenReports, long expired)
      implements BusMessage {}
}
