package nara.simulation.adversary.journeys;

import java.util.ArrayList;
import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.journey.Hop;
import nara.journey.Journey;
import nara.journey.JourneyForgery;
import nara.mesh.wire.MeshPaths;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/**
 * Passes the journeys that it gets on to everybody: with another message, without a hop, with hops
 * of naras that it never reached, as they came, and as if they were complete.
 */
public final class AlteredJourneys implements Misbehaviour {
  /** Altered ones come back, and each would be altered again. */
  private static final int MOST = 2;

  private int altered;

  @Override
  public void receive(HostilePeer me, HostilePeer.Received request) {
    if (request.path().equals(MeshPaths.WORLD_RELAY) && altered++ < MOST) {
      try {
        pass(me, Journey.read(request.body()));
      } catch (MalformedJsonException malformed) {
        // Other hostile peers send what is none.
      }
    }
  }

  private static void pass(HostilePeer me, Journey journey) {
    long now = me.nowSeconds();
    List<Journey> altered = new ArrayList<>();
    altered.add(new Journey(journey.id(), "something else", journey.originator(), journey.hops()));
    if (!journey.hops().isEmpty()) {
      altered.add(
          JourneyForgery.withHops(journey, journey.hops().subList(1, journey.hops().size())));
      altered.add(JourneyForgery.withHops(journey, journey.hops().reversed()));
    }
    Journey signed = JourneyForgery.sign(journey, me.identity(), now);
    String skipped = me.surroundings().naras().getLast().name();
    altered.add(JourneyForgery.sign(journey, Forger.impostor(skipped), now));
    List<Hop> stolen = new ArrayList<>(signed.hops());
    stolen.add(new Hop(skipped, now, signed.hops().getLast().signature(), ""));
    altered.add(JourneyForgery.withHops(journey, stolen));
    List<byte[]> sent = new ArrayList<>();
    // The right one: a journey that is lost would end the village's interest in it.
    sent.add(signed.json());
    // Without its hop: it is not the last one, so it may not send this.
    sent.add(journey.json());
    altered.forEach(each -> sent.add(JourneyForgery.sign(each, me.identity(), now).json()));
    for (String address : me.surroundings().addresses()) {
      sent.forEach(json -> me.post(me.identity(), address, MeshPaths.WORLD_RELAY, json));
    }
    Journey ended = JourneyForgery.sign(signed, Forger.impostor(journey.originator()), now);
    me.publish(Topics.JOURNEY_COMPLETE, JourneyForgery.completion(ended));
  }
}
