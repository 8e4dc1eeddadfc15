package nara.simulation.adversary.plaza;

import nara.event.Event;
import nara.event.Service;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Lets the broker keep announcements and goodbyes of long ago, which honest naras signed. */
public final class StaleMessages implements Misbehaviour {
  @Override
  public void join(HostilePeer me) {
    for (Event event : me.surroundings().history()) {
      if (event.service() == Service.HEY_THERE) {
        me.publish(Topics.HEY_THERE, event.json(), true);
      } else if (event.service() == Service.CHAU) {
        me.publish(Topics.CHAU, event.json(), true);
      } else if (event.service() == Service.CHECKPOINT) {
        me.publish(Topics.CHECKPOINT_FINAL, event.json(), true);
      }
    }
  }
}
