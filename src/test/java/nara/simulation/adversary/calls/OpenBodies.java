package nara.simulation.adversary.calls;

import io.vertx.core.net.NetSocket;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Opens connections, and sends bodies but for their last byte. */
public final class OpenBodies implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    for (String address : me.surroundings().addresses()) {
      PeerAddress peer = PeerAddress.parse(address).orElseThrow();
      for (int i = 0; i < 40; i++) {
        me.vertx()
            .createNetClient()
            .connect(peer.port(), peer.host())
            .onSuccess(socket -> begin(me, socket));
      }
    }
  }

  private static void begin(HostilePeer me, NetSocket socket) {
    SignatureHeaders signature =
        RequestSignature.sign(me.identity(), me.now(), "POST", MeshPaths.ZINE);
    socket.write(
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n%s: %s\r\n%s: %s\r\n%s: %s\r\n\r\n"
            .formatted(
                MeshPaths.ZINE,
                SignatureHeaders.NAME,
                signature.name(),
                SignatureHeaders.TIMESTAMP,
                signature.timestamp(),
                SignatureHeaders.SIGNATURE,
                signature.signature()));
    socket.write(" ".repeat(59_999));
  }
}
