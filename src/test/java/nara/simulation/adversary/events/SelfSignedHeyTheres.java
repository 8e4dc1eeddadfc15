package nara.simulation.adversary.events;

import java.util.List;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Announces a key of its own for every honest nara, as if older than the true one. */
public final class SelfSignedHeyTheres implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      events.add(
          Forger.heyThere(
              Forger.impostor(nara.name()),
              me.surroundings().secondsAgo(90L * 86_400),
              me.address()));
    }
  }

  @Override
  public boolean needsMinority() {
    return true;
  }
}
