package nara.simulation.adversary.wire;

import java.util.Map;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.WireAnswer;

/** Answers with what it answered to the request before. */
public final class SwappedAnswers implements Misbehaviour {
  private byte[] before;
  private Map<String, String> headersBefore = Map.of();

  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (!answer.path().equals(MeshPaths.SYNC)) {
      return;
    }
    byte[] body = answer.body();
    Map<String, String> headers = Map.copyOf(answer.headers());
    if (before != null) {
      answer.set(200, before);
      answer.headers().putAll(headersBefore);
    }
    before = body;
    headersBefore = headers;
  }
}
