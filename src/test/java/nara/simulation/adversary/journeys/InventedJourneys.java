package nara.simulation.adversary.journeys;

import java.util.ArrayList;
import java.util.List;
import nara.journey.Hop;
import nara.journey.Journey;
import nara.journey.JourneyForgery;
import nara.mesh.wire.MeshPaths;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/**
 * Sends journeys that honest naras never started: with hops that they never signed, with too many
 * hops, with short ids, and complete ones.
 */
public final class InventedJourneys implements Misbehaviour {
  private static final int TOO_MANY_HOPS = 1_000;

  @Override
  public void join(HostilePeer me) {
    me.vertx().setTimer(30_000, due -> invent(me));
  }

  private static void invent(HostilePeer me) {
    long now = me.nowSeconds();
    for (Surroundings.Nara nara : me.surroundings().naras().subList(0, 3)) {
      Journey begun = Journey.begin("invented", nara.name(), me.now());
      Journey forged = begun;
      for (Surroundings.Nara other : me.surroundings().naras().subList(0, 3)) {
        forged = JourneyForgery.sign(forged, Forger.impostor(other.name()), now);
      }
      Hop hop = JourneyForgery.sign(begun, me.identity(), now).hops().getFirst();
      List<Hop> many = new ArrayList<>();
      for (int i = 0; i < TOO_MANY_HOPS; i++) {
        many.add(hop);
      }
      Journey brief = new Journey("x", "brief", nara.name(), List.of());
      Journey ownForged = JourneyForgery.sign(forged, me.identity(), now);
      Journey ownBrief = JourneyForgery.sign(brief, me.identity(), now);
      for (String address : me.surroundings().addresses()) {
        send(me, address, ownForged);
        send(me, address, ownBrief);
      }
      send(me, me.surroundings().addresses().getFirst(), JourneyForgery.withHops(begun, many));
      Journey complete = JourneyForgery.sign(forged, Forger.impostor(nara.name()), now);
      me.publish(Topics.JOURNEY_COMPLETE, JourneyForgery.completion(complete));
    }
  }

  private static void send(HostilePeer me, String address, Journey journey) {
    me.post(me.identity(), address, MeshPaths.WORLD_RELAY, journey.json());
  }
}
