package nara.web;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import nara.cluster.ClusterRequest.ClusterStatus;

/** The cluster as one member sees it, as JSON. */
final class ClusterJson {
  private ClusterJson() {}

  static JsonObject of(ClusterStatus state) {
    JsonObject accepted = new JsonObject();
    new TreeMap<>(state.acceptedByTerm())
        .forEach((term, n) -> accepted.put(String.valueOf(term), n));
    return new JsonObject()
        .put("member", state.member())
        .put("leader", state.leader())
        .put("term", state.term())
        .put("leads", state.leads())
        .put("members", new JsonArray(state.members()))
        .put("quorum", state.quorum())
        .put("quorate", state.hasQuorum())
        .put("caught_up", state.caughtUp())
        .put("accepted_by_term", accepted)
        .put("refused", state.refusedCount());
  }
}
