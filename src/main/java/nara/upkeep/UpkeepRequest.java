package nara.upkeep;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * What the upkeep verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface UpkeepRequest<R extends BusMessage> extends Request<R> {
  /** Where the upkeep verticle is asked. */
  String ADDRESS = "nara.upkeep";

  /** How far away everybody is. */
  record Averages() implements UpkeepRequest<PingAverages> {}

  /** The answer to {@link Averages}: target name to its average round trip in milliseconds. */
  record PingAverages(Map<String, Double> averageByTarget) implements BusMessage {}

  /** What was done so far. */
  record Counts() implements UpkeepRequest<UpkeepCounts> {}

  /**
   * The answer to {@link Counts}.
   *
   * @param looks how often it looked around
   * @param observed observations of this node's own that went into the ledger
   * @param pinged round trips measured
   * @param vouched how often somebody was said to be seen
   * @param forgotten neighbours forgotten
   */
  record UpkeepCounts(long looks, long observed, long pinged, long vouched, long forgotten)
      implements BusMessage {}
}
