package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Ends the connection after nine tenths of some answers. */
public final class TruncatedBodies implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing() && me.random().nextInt(3) > 0) {
      answer.deliver(WireAnswer.Delivery.CUT);
    }
  }
}
