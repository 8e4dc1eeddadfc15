package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Answers a ping, and then nothing more. */
public final class SilenceAfterPing implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing()) {
      answer.deliver(WireAnswer.Delivery.NEVER);
    }
  }
}
