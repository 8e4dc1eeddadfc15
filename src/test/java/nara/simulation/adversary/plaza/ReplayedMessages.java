package nara.simulation.adversary.plaza;

import java.util.ArrayList;
import java.util.List;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Publishes what it has heard again, some of it for the broker to keep. */
public final class ReplayedMessages implements Misbehaviour {
  private static final int MOST = 150;

  private record Heard(String topic, byte[] payload) {}

  private final List<Heard> heard = new ArrayList<>();
  private int replayed;

  @Override
  public void join(HostilePeer me) {
    me.every(200, () -> replay(me));
  }

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    heard.add(new Heard(topic, payload));
  }

  private void replay(HostilePeer me) {
    if (!heard.isEmpty() && replayed++ < MOST) {
      Heard one = heard.get(me.random().nextInt(heard.size()));
      me.publish(one.topic, one.payload, me.random().nextInt(4) == 0);
    }
  }
}
