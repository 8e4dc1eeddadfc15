package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Observation;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives forms of one id without end: restarts that differ only in the observer. */
public final class QuadraticChain implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < 300; i++) {
      Identity observer = me.identity();
      Observation restart =
          new Observation(
              i % 3 == 0 ? observer.name() : "observer-" + i,
              "",
              "subject",
              "",
              Observation.RESTART,
              3,
              false,
              1_700_000_000L,
              4,
              0,
              "",
              "",
              i);
      events.add(
          i % 2 == 0
              ? Forger.sign(observer, me.surroundings().secondsAgo(5_000), restart)
              : EventWriter.writeUnsigned(me.surroundings().secondsAgo(5_000), restart));
    }
  }
}
