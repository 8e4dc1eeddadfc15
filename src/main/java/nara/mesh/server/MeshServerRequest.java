package nara.mesh.server;

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
}
