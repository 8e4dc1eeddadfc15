package nara.simulation.adversary.calls;

import java.util.List;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Sends the signed requests that it gets on to everybody, many times. */
public final class Replays implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    me.every(300, () -> replay(me));
  }

  private int rounds;

  private void replay(HostilePeer me) {
    List<HostilePeer.Received> kept =
        me.received().stream().filter(each -> !each.signature().signature().isEmpty()).toList();
    if (kept.isEmpty() || rounds++ > 20) {
      return;
    }
    for (String address : me.surroundings().addresses()) {
      for (int i = 0; i < 10; i++) {
        HostilePeer.Received one = kept.get(me.random().nextInt(kept.size()));
        me.send(address, one.path(), one.signature(), one.body());
      }
    }
  }
}
