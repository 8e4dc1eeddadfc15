package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Sends a byte a second. */
public final class SlowDrip implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing()) {
      answer.deliver(WireAnswer.Delivery.TRICKLED);
    }
  }
}
