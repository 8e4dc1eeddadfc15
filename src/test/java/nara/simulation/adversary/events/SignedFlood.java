package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Social;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Floods with restarts and teases that up to fifty keys of its own have signed. */
public final class SignedFlood implements Misbehaviour {
  private static final int EVENTS = 400;
  private final int keys;

  /** A flood by so many keys. */
  public SignedFlood(int keys) {
    this.keys = keys;
  }

  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < EVENTS; i++) {
      Identity flooder = Forger.impostor("flooder-" + i % keys);
      if (i < keys) {
        events.add(Forger.heyThere(flooder, me.surroundings().secondsAgo(86_400), me.address()));
      }
      events.add(
          Forger.sign(
              flooder,
              me.surroundings().secondsAgo(30L * i + 5),
              i % 2 == 0 ? restart(flooder, i) : tease(flooder, i)));
    }
  }

  private static Payload restart(Identity by, int i) {
    return new Observation(
        by.name(), by.id(), "x" + i, "", Observation.RESTART, 3, false, 9, i, 9, "", "", 0);
  }

  private static Payload tease(Identity by, int i) {
    return new Social("tease", by.name(), by.id(), "x" + i, "", "random", "");
  }

  @Override
  public String label() {
    return "SignedFlood by " + keys;
  }
}
