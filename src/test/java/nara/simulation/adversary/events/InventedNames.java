package nara.simulation.adversary.events;

import java.util.List;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Announces hundreds of naras that do not exist. */
public final class InventedNames implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < 200; i++) {
      String name = "invented-" + i;
      Identity nara = i % 4 == 0 ? Forger.impostor(name) : Identity.of(name, me.identity().soul());
      events.add(Forger.heyThere(nara, me.surroundings().secondsAgo(1_000L + i), me.address()));
    }
  }
}
