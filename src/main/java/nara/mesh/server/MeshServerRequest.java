package nara.mesh.server;

import java.util.List;
import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * Requests to the mesh server.
 *
 * @param <R> the type of the reply
 */
public sealed interface MeshServerRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.mesh.server";

  /** Asks for the counters and the budgets. */
  record GetServerUsage() implements MeshServerRequest<ServerUsage> {}

  /**
   * The requests and connections that the server refused or ended since its start, and the bytes in
   * its budgets.
   *
   * @param refused the number by reason; a reason that did not occur is absent
   * @param bodyBytes in the budget now, of request bodies that are read or processed
   * @param responseBytes in the budget now, of responses that are produced or not read yet
   */
  record ServerUsage(Map<String, Long> refused, long bodyBytes, long responseBytes)
      implements BusMessage {}

  /** Asks for the requests that the server has answered. */
  record GetRequestTotals() implements MeshServerRequest<RequestTotals> {}

  /**
   * The answered requests since the start of the server.
   *
   * @param bounds the upper bounds of all histograms, ascending, in seconds
   * @param paths all paths of the server, and {@code other}
   */
  record RequestTotals(List<Double> bounds, List<PathTimes> paths) implements BusMessage {}

  /**
   * The answered requests to one path.
   *
   * @param byStatus the number by HTTP status
   * @param buckets the number by duration: one for each bound, and one for longer ones
   * @param seconds of all together, each from its arrival until its response is sent
   */
  record PathTimes(String path, Map<Integer, Long> byStatus, List<Long> buckets, double seconds) {}
}
