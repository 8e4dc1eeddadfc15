package nara.simulation.adversary.plaza;

import nara.event.Chau;
import nara.identity.Identity;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Announces honest naras with keys and an address of its own, and says goodbye for them. */
public final class ForgedAnnouncements implements Misbehaviour {
  @Override
  public void join(HostilePeer me) {
    announce(me);
    me.vertx().setTimer(20_000, due -> announce(me));
  }

  private void announce(HostilePeer me) {
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      Identity impostor = Forger.impostor(nara.name());
      me.publish(Topics.HEY_THERE, Forger.heyThere(impostor, me.nowNanos(), me.address()));
      Chau chau = new Chau(nara.name(), impostor.keys().publicKey().encoded(), nara.id(), "");
      me.publish(Topics.CHAU, Forger.sign(impostor, me.nowNanos() + 1, chau));
    }
  }
}
