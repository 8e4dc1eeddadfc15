package nara.simulation.adversary.calls;

import java.util.List;
import nara.identity.Identity;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Announces honest naras at its own address, with keys of its own. */
public final class StolenAddresses implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      Identity impostor = Forger.impostor(nara.name());
      byte[] hey = Forger.heyThere(impostor, me.surroundings().secondsAgo(-1), me.address());
      for (String address : me.surroundings().addresses()) {
        me.post(me.identity(), address, MeshPaths.SEND_EVENT, hey);
        me.post(me.identity(), address, MeshPaths.ZINE, me.zine(me.identity(), List.of(hey)));
      }
    }
  }

  @Override
  public boolean needsMinority() {
    return true;
  }
}
