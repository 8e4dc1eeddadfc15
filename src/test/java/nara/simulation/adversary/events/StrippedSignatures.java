package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.json.EventWriter;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives honest events without their signatures. */
public final class StrippedSignatures implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (Event event : me.surroundings().history()) {
      if (event.isSigned() && !(event.payload() instanceof HeyThere)) {
        events.add(EventWriter.writeUnsigned(event.ts(), event.payload()));
      }
    }
  }
}
