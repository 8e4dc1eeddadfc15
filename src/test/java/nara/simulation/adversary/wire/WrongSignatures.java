package nara.simulation.adversary.wire;

import nara.mesh.wire.SignatureHeaders;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Signs some answers wrongly. */
public final class WrongSignatures implements Misbehaviour {
  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (me.random().nextInt(3) > 0) {
      answer
          .headers()
          .computeIfPresent(
              SignatureHeaders.SIGNATURE,
              (name, value) -> (value.charAt(0) == 'A' ? 'B' : 'A') + value.substring(1));
    }
  }
}
