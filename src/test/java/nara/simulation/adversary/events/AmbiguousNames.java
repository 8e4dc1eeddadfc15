package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Seen;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives events whose names hold colons, so that one signed text has two readings. */
public final class AmbiguousNames implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    long ts = me.surroundings().secondsAgo(4_000);
    Identity colon = Forger.impostor("see 12");
    events.add(Forger.heyThere(colon, me.surroundings().secondsAgo(9_000), me.address()));
    Identity whole = Forger.impostor("see 12:30");
    events.add(Forger.heyThere(whole, me.surroundings().secondsAgo(9_001), me.address()));
    for (int i = 0; i < 10; i++) {
      events.add(Forger.sign(colon, ts + i, new Seen(colon.name(), "", "30:x", "", "v")));
      events.add(Forger.sign(whole, ts + i, new Seen(whole.name(), "", "x", "", "v")));
    }
  }
}
