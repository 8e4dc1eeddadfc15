package nara.simulation.adversary.plaza;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.mqtt.wire.Topics;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/**
 * Publishes howdies again with its own address and key for everybody: no signature covers these.
 */
public final class MovedHowdies implements Misbehaviour {
  private static final int MOST = 25;

  private int moved;

  @Override
  public void hear(HostilePeer me, String topic, byte[] payload) {
    if (topic.equals(Topics.HOWDY) && moved++ < MOST) {
      String key = Forger.impostor("anybody").keys().publicKey().encoded();
      String howdy =
          new String(payload, UTF_8)
              .replaceAll("\"MeshIP\":\"[^\"]*\"", "\"MeshIP\":\"" + me.address() + '"')
              .replaceAll("\"PublicKey\":\"[^\"]*\"", "\"PublicKey\":\"" + key + '"');
      me.publish(topic, howdy.getBytes(UTF_8));
    }
  }
}
