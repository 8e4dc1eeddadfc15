package nara.simulation.adversary.plaza;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Ballot;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Votes for huge numbers: in its own name, and in the names of all honest naras. */
public final class ForgedBallots implements Misbehaviour {
  private static final int MOST = 40;

  private int heard;

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    if (!topic.startsWith("nara/checkpoint/") || heard++ >= MOST) {
      return;
    }
    if (topic.equals(Topics.CHECKPOINT_PROPOSE)) {
      Ballot bold = new Ballot(payload).withNumber("restarts", 9_999).withNumber("start_time", 1);
      me.publish(Topics.CHECKPOINT_VOTE, bold.votedBy(me.identity(), me.identity().id()));
      for (Surroundings.Nara nara : me.surroundings().naras()) {
        // With the honest id, but a key of its own.
        me.publish(Topics.CHECKPOINT_VOTE, bold.votedBy(Forger.impostor(nara.name()), nara.id()));
      }
    }
    if (topic.equals(Topics.CHECKPOINT_VOTE)) {
      // An honest signature under other numbers.
      String altered = new String(payload, UTF_8).replaceAll("\"restarts\":", "\"restarts\":9");
      me.publish(topic, altered.getBytes(UTF_8));
    }
  }
}
