package nara.simulation.adversary.calls;

import nara.event.Chau;
import nara.identity.Identity;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Says goodbye in the names of honest naras. */
public final class Goodbyes implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      Identity impostor = Forger.impostor(nara.name());
      Chau chau = new Chau(nara.name(), impostor.keys().publicKey().encoded(), nara.id(), "");
      byte[] event = Forger.sign(impostor, me.surroundings().secondsAgo(-1), chau);
      for (String address : me.surroundings().addresses()) {
        me.post(me.identity(), address, MeshPaths.SEND_EVENT, event);
      }
    }
  }

  @Override
  public boolean needsMinority() {
    return true;
  }
}
