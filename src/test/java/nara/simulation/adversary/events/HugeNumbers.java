package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Observation;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Gives observations with numbers at the ends of their ranges. */
public final class HugeNumbers implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    String name = me.identity().name();
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      for (long huge : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 53}) {
        Observation restart =
            new Observation(
                name,
                me.identity().id(),
                nara.name(),
                nara.id(),
                Observation.RESTART,
                3,
                false,
                huge,
                huge,
                huge,
                "",
                "",
                huge);
        events.add(Forger.sign(me.identity(), me.surroundings().secondsAgo(50), restart));
      }
    }
  }
}
