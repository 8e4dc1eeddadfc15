package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Answers with bytes that are no JSON. */
public final class GarbageBodies implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing()) {
      byte[] garbage = new byte[me.random().nextInt(1, 5_000)];
      for (int i = 0; i < garbage.length; i++) {
        garbage[i] = (byte) me.random().nextInt(256);
      }
      WireAnswer signed = me.signed(answer.path(), garbage);
      answer.set(200, garbage);
      answer.headers().putAll(signed.headers());
    }
  }
}
