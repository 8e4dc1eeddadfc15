package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Social;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives events of its own from the future. */
public final class FutureEvents implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < 50; i++) {
      Social tease =
          new Social("tease", me.identity().name(), me.identity().id(), "t" + i, "", "later", "");
      events.add(
          Forger.sign(me.identity(), me.surroundings().secondsAgo(-3_600L * (i + 3)), tease));
    }
  }
}
