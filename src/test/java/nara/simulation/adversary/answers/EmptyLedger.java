package nara.simulation.adversary.answers;

import java.util.Optional;
import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Says that it holds nothing, from the first answer on or after some. */
public final class EmptyLedger implements Misbehaviour {
  private final int honestAnswers;
  private int given;

  /** Empty after so many honest answers. */
  public EmptyLedger(int honestAnswers) {
    this.honestAnswers = honestAnswers;
  }

  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    if (given++ >= honestAnswers) {
      list.events().clear();
      list.setCursor(Optional.empty());
    }
  }

  @Override
  public String label() {
    return "EmptyLedger after " + honestAnswers;
  }
}
