package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Hangs up in place of some answers. */
public final class HangUps implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing() && me.random().nextInt(3) > 0) {
      answer.deliver(WireAnswer.Delivery.HANG_UP);
    }
  }
}
