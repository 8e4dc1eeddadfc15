package nara.simulation.adversary.events;

import java.util.List;
import nara.identity.Identity;
import nara.simulation.adversary.ForgedCheckpoint;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Gives checkpoints about honest naras as of years ahead, voted for by keys of its own. */
public final class FutureCheckpoints implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    Identity one = Forger.impostor("voter-1");
    Identity two = Forger.impostor("voter-2");
    events.add(Forger.heyThere(one, me.surroundings().secondsAgo(9_999), me.address()));
    events.add(Forger.heyThere(two, me.surroundings().secondsAgo(9_998), me.address()));
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      events.add(
          ForgedCheckpoint.about(
              nara,
              me.surroundings().startSeconds() + 10L * 365 * 86_400,
              me.surroundings().secondsAgo(100),
              List.of(one, two)));
    }
  }
}
