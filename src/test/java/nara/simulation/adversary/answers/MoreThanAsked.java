package nara.simulation.adversary.answers;

import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Answers with all that it has, whatever was asked for. */
public final class MoreThanAsked implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    list.events().clear();
    list.events().addAll(me.events());
  }
}
