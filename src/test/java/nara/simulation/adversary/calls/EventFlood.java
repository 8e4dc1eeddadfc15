package nara.simulation.adversary.calls;

import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Sends single events to everybody. */
public final class EventFlood implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    me.every(
        100,
        () -> {
          if (sent++ < 60) {
            byte[] event = me.events().get(me.random().nextInt(me.events().size()));
            for (String address : me.surroundings().addresses()) {
              me.post(me.identity(), address, MeshPaths.SEND_EVENT, event);
            }
          }
        });
  }

  private int sent;
}
