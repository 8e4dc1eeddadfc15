package nara.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.checkpoint.consensus.ConsensusRequest.ConsensusState;
import nara.gossip.GossipRequest;
import nara.gossip.GossipRequest.GossipCounts;
import nara.liveness.LivenessRequest;
import nara.liveness.LivenessRequest.LivenessCounts;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.server.MeshServerRequest;
import nara.mesh.server.MeshServerRequest.ServerUsage;
import nara.opinion.OpinionRequest;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.testing.FakeBus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountsJsonTest {
  private final FakeBus bus = new FakeBus();

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void counts_of_all_parts_have_snake_case_keys_and_a_missing_part_is_left_out() {
    bus.reply(
        GossipRequest.ADDRESS,
        GossipRequest.GetGossipCounts.class,
        get -> new GossipCounts(1, 2, 3, 4, 5, 6));
    bus.reply(
        LivenessRequest.ADDRESS,
        LivenessRequest.GetLivenessCounts.class,
        get -> new LivenessCounts(1, 2, 3, 4, 5));
    bus.reply(
        LivenessRequest.ADDRESS,
        LivenessRequest.GetRoundTripTimes.class,
        get -> new RoundTripTimes(Map.of("bartSimpson", 12.5)));
    bus.reply(
        MeshServerRequest.ADDRESS,
        MeshServerRequest.GetServerUsage.class,
        get -> new ServerUsage(Map.of("busy", 1L), 2, 3));
    bus.reply(
        ConsensusRequest.ADDRESS,
        ConsensusRequest.GetConsensusState.class,
        get -> new ConsensusState(true, 1, 2, Map.of("put_off", 3L), Map.of("stale", 4L)));
    bus.reply(
        OpinionRequest.ADDRESS,
        OpinionRequest.GetOwnHistory.class,
        get -> new OwnHistory(100, 2, 300, 4));

    assertThat(FakeBus.await(CountsJson.fetch(bus.bus())))
        .isEqualTo(
            new JsonObject(
                """
                {"gossip": {"rounds": 1, "exchanges": 2, "failed_exchanges": 3, "peers_asked": 4,
                            "events_added": 5, "in_flight": 6},
                 "liveness": {"checks": 1, "observations": 2, "pings": 3, "seen_reports": 4,
                              "expired": 5},
                 "round_trips_ms": {"bartSimpson": 12.5},
                 "mesh_server": {"refused": {"busy": 1}, "body_bytes": 2, "response_bytes": 3},
                 "consensus": {"voting": true, "round": 1, "votes": 2, "counts": {"put_off": 3},
                               "rejected": {"stale": 4}},
                 "own_history": {"start_time": 100, "restarts": 2, "last_restart": 300,
                                 "votes": 4}}
                """));
  }
}
