package nara.simulation.adversary.plaza;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.event.Checkpoint;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Ballot;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/** Proposes in the names of honest naras, and publishes checkpoints that nobody agreed on. */
public final class ForgedProposals implements Misbehaviour {
  private static final int MOST = 40;

  private int heard;

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    if (!topic.startsWith("nara/checkpoint/") || heard++ >= MOST) {
      return;
    }
    if (topic.equals(Topics.CHECKPOINT_PROPOSE)) {
      Ballot bold = new Ballot(payload).withNumber("restarts", 7_777);
      me.publish(topic, bold.proposedBy(me.identity(), me.identity().id()));
      for (Surroundings.Nara nara : me.surroundings().naras()) {
        me.publish(topic, bold.proposedBy(Forger.impostor(nara.name()), nara.id()));
      }
      me.publish(Topics.CHECKPOINT_FINAL, checkpoint(me, bold.checkpoint()));
    }
    if (topic.equals(Topics.CHECKPOINT_FINAL)) {
      // Honest signatures under other numbers.
      String altered = new String(payload, UTF_8).replaceAll("\"restarts\":", "\"restarts\":9");
      me.publish(topic, altered.getBytes(UTF_8));
    }
  }

  /** With the ids of honest voters, and signatures of impostors. */
  private static byte[] checkpoint(HostilePeer me, Checkpoint agreed) {
    List<Surroundings.Nara> voters = me.surroundings().naras();
    List<String> signatures =
        voters.stream()
            .map(
                voter -> {
                  Identity impostor = Forger.impostor(voter.name());
                  byte[] text = agreed.attestation(voter.id()).getBytes(UTF_8);
                  return impostor.keys().signBase64(text);
                })
            .toList();
    Checkpoint forged =
        new Checkpoint(
            2,
            agreed.subject(),
            agreed.subjectId(),
            agreed.previousCheckpointId(),
            agreed.agreedValues(),
            agreed.asOfTime(),
            1,
            voters.stream().map(Surroundings.Nara::id).toList(),
            signatures);
    return EventWriter.writeUnsigned(me.nowNanos(), forged);
  }
}
