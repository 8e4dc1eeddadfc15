package nara.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.gossip.GossipRequest;
import nara.journey.JourneyRequest;
import nara.liveness.LivenessRequest;
import nara.mesh.server.MeshServerRequest;
import nara.mqtt.PlazaRequest;
import nara.opinion.OpinionRequest;

/** The counters of the parts of a node as JSON; a part that does not reply is left out. */
final class CountsJson {
  private static final ObjectMapper SNAKE_CASE =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private CountsJson() {}

  static Future<JsonObject> fetch(Bus bus) {
    Map<String, Future<?>> replies = new LinkedHashMap<>();
    replies.put("gossip", ask(bus, GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts()));
    replies.put(
        "liveness", ask(bus, LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts()));
    replies.put(
        "round_trips_ms",
        ask(bus, LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes())
            .map(LivenessRequest.RoundTripTimes::averageByTarget));
    replies.put(
        "mesh_server", ask(bus, MeshServerRequest.ADDRESS, new MeshServerRequest.GetServerUsage()));
    replies.put("plaza", ask(bus, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaCounts()));
    replies.put(
        "consensus", ask(bus, ConsensusRequest.ADDRESS, new ConsensusRequest.GetConsensusState()));
    replies.put("journey", ask(bus, JourneyRequest.ADDRESS, new JourneyRequest.GetJourneyCounts()));
    replies.put(
        "own_history", ask(bus, OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory()));
    return Future.join(List.copyOf(replies.values()))
        .transform(
            joined -> {
              JsonObject counts = new JsonObject();
              replies.forEach(
                  (part, reply) -> {
                    if (reply.succeeded()) {
                      counts.put(part, SNAKE_CASE.convertValue(reply.result(), Map.class));
                    }
                  });
              return Future.succeededFuture(counts);
            });
  }

  private static <R extends BusMessage> Future<R> ask(Bus bus, String address, Request<R> request) {
    return bus.request(address, request, Timeouts.STATUS);
  }
}
