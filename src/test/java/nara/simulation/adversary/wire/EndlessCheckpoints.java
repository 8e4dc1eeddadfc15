package nara.simulation.adversary.wire;

import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Always has more checkpoints, and always the same ones. */
public final class EndlessCheckpoints implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (answer.path().equals(MeshPaths.CHECKPOINTS)) {
      answer.set(
          200, me.checkpoints(me.events().subList(0, Math.min(3, me.events().size())), true));
    }
  }
}
