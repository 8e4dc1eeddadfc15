package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Observation;
import nara.event.json.EventWriter;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives restarts that invented observers have seen, without signatures. */
public final class UnsignedRestartFlood implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < 400; i++) {
      Observation restart =
          new Observation(
              "nobody-" + i,
              "",
              "somebody-" + i % 7,
              "",
              Observation.RESTART,
              3,
              false,
              1_700_000_000L,
              i,
              1_700_000_000L + i,
              "",
              "",
              0);
      events.add(EventWriter.writeUnsigned(me.surroundings().secondsAgo(60L * i + 3), restart));
    }
  }
}
