package nara.simulation.adversary.answers;

import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives slices of events that it does not give in pages: its ledger seems to be another one. */
public final class FalseSketch implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    if (request.mode().isEmpty() && request.sliceTotal() > 1) {
      list.events().removeIf(event -> me.random().nextInt(3) == 0);
    }
  }
}
