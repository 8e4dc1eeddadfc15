package nara.simulation.adversary.answers;

import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Never gives the events of the last ten days in a page, though it lists them in slices. */
public final class WithheldRange implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    if (request.mode().equals("page")) {
      long from = me.surroundings().secondsAgo(10L * 86_400);
      list.events().removeIf(json -> Times.of(json) > from);
    }
  }
}
