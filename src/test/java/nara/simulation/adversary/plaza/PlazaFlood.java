package nara.simulation.adversary.plaza;

import java.util.List;
import nara.identity.Identity;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import nara.profile.Status;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Announces invented naras, publishes newspapers of them, and asks everybody for its ledger. */
public final class PlazaFlood implements Misbehaviour {
  private static final int ROUNDS = 25;

  private int rounds;

  @Override
  public void join(HostilePeer me) {
    me.every(500, () -> flood(me));
  }

  private void flood(HostilePeer me) {
    if (rounds++ >= ROUNDS) {
      return;
    }
    // The same few keys: signing is what costs.
    String name = "crowd-" + rounds % 20;
    Identity stranger = Forger.impostor(name);
    me.publish(Topics.HEY_THERE, Forger.heyThere(stranger, me.nowNanos(), me.address()));
    me.publish(
        Topics.newspaper(name),
        new PlazaEncoder(stranger).newspaper(Status.of(stranger, "1", me.address())));
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      String other = me.surroundings().naras().getFirst().name();
      me.publish(
          Topics.request(nara.name()),
          new LedgerRequestMessage(other, List.of(LedgerRequestMessage.EVERYBODY)).json());
    }
  }
}
