package nara.simulation.adversary.answers;

import java.util.Optional;
import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Always has a further page, however often it is asked. */
public final class EndlessCursor implements Misbehaviour {
  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    if (request.mode().equals("page")) {
      long last = list.cursor().orElse(0L);
      list.setCursor(Optional.of(Math.max(last, last(request) + 1)));
    }
  }

  private static long last(SyncRequest request) {
    return request.cursor().isEmpty() ? 0 : Long.parseLong(request.cursor());
  }
}
