package nara.simulation.adversary.wire;

import nara.mesh.wire.PingResponse;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Answers a ping as an honest nara, with a key of its own. */
public final class BorrowedName implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (answer.isPing()) {
      String name = me.surroundings().naras().getFirst().name();
      answer.set(200, PingResponse.write(Forger.impostor(name), me.address(), me.now()));
    }
  }

  @Override
  public boolean needsMinority() {
    return true;
  }
}
