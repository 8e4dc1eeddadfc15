package nara.simulation.adversary.wire;

import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Pretends to reconcile, and sends bytes without a meaning. */
public final class ReconcileGarbage implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (answer.path().equals(MeshPaths.RECONCILE)) {
      byte[] garbage = {0x61, 1, 2, 3, 4, 5, 6, 7};
      WireAnswer signed = me.signed(answer.path(), garbage);
      answer.set(200, garbage);
      answer.headers().putAll(signed.headers());
      answer.headers().put("Content-Type", MeshPaths.OCTET_STREAM);
    }
  }
}
