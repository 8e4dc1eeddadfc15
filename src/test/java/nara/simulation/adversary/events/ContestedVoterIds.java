package nara.simulation.adversary.events;

import java.util.List;
import nara.event.HeyThere;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Claims the ids of honest voters for names of its own. */
public final class ContestedVoterIds implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    int i = 0;
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      Identity claimant = Forger.impostor("claimant-" + i++);
      HeyThere claim =
          new HeyThere(
              claimant.name(), claimant.keys().publicKey().encoded(), me.address(), nara.id(), "");
      events.add(Forger.sign(claimant, me.surroundings().secondsAgo(86_400L * 80), claim));
    }
  }
}
