package nara.simulation.adversary.plaza;

import java.util.Arrays;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Publishes what it has heard cut off or damaged, noise, and messages over every limit. */
public final class BrokenMessages implements Misbehaviour {
  private static final int MOST = 100;
  private static final int OVERSIZE = 310_000;

  private int sent;

  @Override
  public void join(HostilePeer me) {
    byte[] noise = new byte[300];
    me.random().nextBytes(noise);
    for (String topic : Topics.subscriptionsOf("anybody", false)) {
      String one = topic.replace("+", "anybody");
      me.publish(one, noise);
      me.publish(one, new byte[0]);
    }
    me.publish(Topics.HEY_THERE, new byte[OVERSIZE], true);
    me.publish(Topics.SOCIAL, new byte[OVERSIZE]);
    me.publish("nara/newspaper/" + "x".repeat(2_000), noise);
  }

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    if (payload.length == 0 || sent++ >= MOST) {
      return;
    }
    if (me.random().nextBoolean()) {
      me.publish(topic, Arrays.copyOf(payload, me.random().nextInt(payload.length)));
    } else {
      byte[] damaged = payload.clone();
      damaged[me.random().nextInt(damaged.length)] ^= (byte) (1 << me.random().nextInt(8));
      me.publish(topic, damaged);
    }
  }
}
