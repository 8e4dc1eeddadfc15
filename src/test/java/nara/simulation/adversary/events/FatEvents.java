package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Social;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives events of tens of kilobytes. */
public final class FatEvents implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < 12; i++) {
      Social fat =
          new Social("tease", me.identity().name(), me.identity().id(), "t" + i, "", REASON, "");
      events.add(Forger.sign(me.identity(), me.surroundings().secondsAgo(600L * i), fat));
    }
  }

  private static final String REASON = "fat ".repeat(10_000);
}
