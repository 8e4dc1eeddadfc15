package nara.simulation.adversary.journeys;

import nara.event.json.JsonSpans.MalformedJsonException;
import nara.journey.Journey;
import nara.journey.JourneyForgery;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Signs the journeys that it gets as it should, but passes each on to everybody, several times. */
public final class ReplayedJourneys implements Misbehaviour {
  private static final int MOST = 4;

  private int taken;

  @Override
  public void receive(HostilePeer me, HostilePeer.Received request) {
    if (!request.path().equals(MeshPaths.WORLD_RELAY) || taken++ >= MOST) {
      return;
    }
    try {
      Journey journey = Journey.read(request.body());
      Journey signed = JourneyForgery.sign(journey, me.identity(), me.nowSeconds());
      for (int i = 0; i < 3; i++) {
        me.vertx().setTimer(1 + 4_000L * i, due -> pass(me, signed));
      }
    } catch (MalformedJsonException malformed) {
      // Other hostile peers send what is none.
    }
  }

  private static void pass(HostilePeer me, Journey journey) {
    for (String address : me.surroundings().addresses()) {
      me.post(me.identity(), address, MeshPaths.WORLD_RELAY, journey.json());
    }
  }
}
