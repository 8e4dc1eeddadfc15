package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Signs copies of the events of others itself: an id does not cover the emitter. */
public final class StrangerCopies implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (Event event : me.surroundings().history()) {
      if (!(event.payload() instanceof HeyThere) && !(event.payload() instanceof Checkpoint)) {
        events.add(Forger.sign(me.identity(), event.ts(), event.payload()));
      }
    }
  }
}
