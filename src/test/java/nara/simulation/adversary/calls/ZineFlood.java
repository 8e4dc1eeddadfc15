package nara.simulation.adversary.calls;

import java.util.List;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Sends its events to everybody, zine after zine. */
public final class ZineFlood implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    me.vertx().setPeriodic(500, due -> flood(me));
    me.vertx().setTimer(20_000, due -> rounds = Integer.MAX_VALUE);
  }

  private int rounds;

  private void flood(HostilePeer me) {
    if (rounds++ > 12) {
      return;
    }
    List<byte[]> events = me.events();
    int from = me.random().nextInt(events.size());
    List<byte[]> some = events.subList(from, Math.min(events.size(), from + 150));
    for (String address : me.surroundings().addresses()) {
      me.post(me.identity(), address, MeshPaths.ZINE, me.zine(me.identity(), some));
    }
  }
}
