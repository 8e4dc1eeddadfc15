package nara.simulation.adversary.answers;

import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Its cursors jump over a day of events. */
public final class SkippingCursor implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    list.setCursor(list.cursor().map(at -> at + 86_400_000_000_000L));
    if (list.cursor().isEmpty() && list.events().size() > 10) {
      list.events().subList(list.events().size() / 2, list.events().size()).clear();
    }
  }
}
