package nara.simulation.adversary.answers;

import java.util.List;
import nara.event.Social;
import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Mixes as many forged events as honest ones into every answer. */
public final class MixedForgeries implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    List<Surroundings.Nara> naras = me.surroundings().naras();
    int honest = list.events().size();
    for (int i = 0; i < Math.min(honest, 120); i++) {
      Surroundings.Nara nara = naras.get(i % naras.size());
      long ts = Times.of(list.events().get(i)) + 1;
      Social tease = new Social("tease", nara.name(), nara.id(), "x" + i, "", "forged", "");
      list.events().add(Forger.sign(Forger.impostor(nara.name()), ts, tease));
    }
  }
}
