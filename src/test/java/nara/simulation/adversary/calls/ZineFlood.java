package nara.simulation.adversary.calls;

import java.util.List;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Sends its events to everybody, zine after zine; after a pause it does so for ever. */
public final class ZineFlood implements Misbehaviour {
  private static final int FIRST_ROUNDS = 13;
  private static final int PAUSE_END = 42;

  private int rounds;

  @Override
  public void act(HostilePeer me) {
    me.every(500, () -> flood(me));
  }

  private void flood(HostilePeer me) {
    rounds++;
    if (rounds > FIRST_ROUNDS && rounds < PAUSE_END) {
      return;
    }
    List<byte[]> events = me.events();
    int from = me.random().nextInt(events.size());
    List<byte[]> some = events.subList(from, Math.min(events.size(), from + 150));
    byte[] zine = me.zine(me.identity(), some);
    for (String address : me.surroundings().addresses()) {
      me.post(me.identity(), address, MeshPaths.ZINE, zine);
    }
  }
}
