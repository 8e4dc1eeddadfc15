package nara.simulation.adversary.answers;

import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives the slices of a full ledger, and only every other event of its pages. */
public final class EqualSketch implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    if (request.mode().equals("page") && request.pageSize() > 200) {
      int[] at = new int[1];
      list.events().removeIf(event -> at[0]++ % 2 == 1);
    }
  }
}
