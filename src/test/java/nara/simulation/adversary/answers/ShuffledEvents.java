package nara.simulation.adversary.answers;

import java.util.Collections;
import java.util.List;
import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives the events of an answer in any order, and some twice. */
public final class ShuffledEvents implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    List<byte[]> events = list.events();
    for (int i = events.size() - 1; i > 0; i--) {
      Collections.swap(events, i, me.random().nextInt(i + 1));
    }
    if (!events.isEmpty()) {
      events.add(events.getFirst());
    }
  }
}
