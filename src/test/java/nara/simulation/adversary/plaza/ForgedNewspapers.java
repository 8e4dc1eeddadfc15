package nara.simulation.adversary.plaza;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.identity.Identity;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import nara.profile.Status;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;

/**
 * Publishes newspapers of honest naras: of its own making, and those that it heard with changes.
 */
public final class ForgedNewspapers implements Misbehaviour {
  private static final int MOST = 25;

  private int moved;

  @Override
  public void join(HostilePeer me) {
    for (Surroundings.Nara nara : me.surroundings().naras()) {
      Identity impostor = Forger.impostor(nara.name());
      me.publish(
          Topics.newspaper(nara.name()),
          new PlazaEncoder(impostor).newspaper(Status.of(impostor, "1", me.address())));
    }
  }

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    if (Topics.publisherOf(topic).isPresent() && moved++ < MOST) {
      String paper =
          new String(payload, UTF_8)
              .replaceAll("\"MeshIP\":\"[^\"]*\"", "\"MeshIP\":\"" + me.address() + '"');
      me.publish(topic, paper.getBytes(UTF_8));
    }
  }
}
