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

  /**
   * Round trips in milliseconds, by name.
   *
   * @param averageByTarget moving averages; before the first ping the mean that the ledger holds
   * @param lastByTarget the last measurement of this node
   */
  record RoundTripTimes(Map<String, Double> averageByTarget, Map<String, Double> lastByTarget)
      implements BusMessage {
    /** Averages without a measurement of this node. */
    public RoundTripTimes(Map<String, Double> averageByTarget) {
      this(averageByTarget, Map.of());
    }
  }

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
