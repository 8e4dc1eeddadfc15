package nara.simulation.adversary.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Asks everybody for everything, again and again. */
public final class RequestFlood implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    byte[] body =
        ("{\"from\":\"" + me.identity().name() + "\",\"mode\":\"page\",\"page_size\":5000}")
            .getBytes(UTF_8);
    me.every(
        50,
        () -> {
          if (sent++ < 60) {
            for (String address : me.surroundings().addresses()) {
              me.post(me.identity(), address, MeshPaths.SYNC, body);
            }
          }
        });
  }

  private int sent;
}
