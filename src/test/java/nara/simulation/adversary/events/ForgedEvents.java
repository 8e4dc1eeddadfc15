package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Social;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Gives events of honest naras that these have never said, signed with keys of its own. */
public final class ForgedEvents implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    List<Surroundings.Nara> naras = me.surroundings().naras();
    for (int i = 0; i < 60; i++) {
      Surroundings.Nara one = naras.get(i % naras.size());
      Surroundings.Nara other = naras.get((i + 1) % naras.size());
      Social tease = new Social("tease", one.name(), one.id(), other.name(), "", "forged", "");
      events.add(
          Forger.sign(
              Forger.impostor(one.name()), me.surroundings().secondsAgo(3_600L * i + 77), tease));
    }
  }
}
