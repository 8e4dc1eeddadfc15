package nara.simulation.adversary.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.SyncRequest;
import nara.simulation.adversary.EventAnswer;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Refuses pages and samples, as an old or a sly nara does. */
public final class RefusedModes implements Misbehaviour {
  private final int status;

  /** Refuses with that status. */
  public RefusedModes(int status) {
    this.status = status;
  }

  private boolean refused;

  @Override
  public void choose(HostilePeer me, SyncRequest request, EventAnswer list) {
    refused = request.mode().equals("page") || request.mode().equals("sample");
  }

  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (answer.path().equals(MeshPaths.SYNC) && refused) {
      answer.set(status, "not here\n".getBytes(UTF_8));
    }
  }

  @Override
  public String label() {
    return "RefusedModes with " + status;
  }
}
