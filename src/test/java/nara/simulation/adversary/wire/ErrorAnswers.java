package nara.simulation.adversary.wire;

import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Answers many requests with errors. */
public final class ErrorAnswers implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.isPing() && me.random().nextInt(2) == 0) {
      int[] statuses = {500, 503, 429, 401, 404, 302};
      answer.set(statuses[me.random().nextInt(statuses.length)], new byte[] {'n', 'o', '\n'});
    }
  }
}
