package nara.simulation.adversary.calls;

import io.vertx.core.net.NetSocket;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Asks for pages, and reads nothing of the answers. */
public final class SlowReaders implements Misbehaviour {
  @Override
  public void act(HostilePeer me) {
    for (String address : me.surroundings().addresses()) {
      PeerAddress peer = PeerAddress.parse(address).orElseThrow();
      for (int i = 0; i < 40; i++) {
        me.vertx()
            .createNetClient()
            .connect(peer.port(), peer.host())
            .onSuccess(
                socket -> {
                  socket.pause();
                  ask(me, socket);
                });
      }
    }
  }

  private static void ask(HostilePeer me, NetSocket socket) {
    SignatureHeaders signature =
        RequestSignature.sign(me.identity(), me.now(), "POST", MeshPaths.SYNC);
    String body = "{\"from\":\"" + me.identity().name() + "\",\"mode\":\"page\"}";
    socket.write(
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s: %s\r\n%s: %s\r\n%s: %s\r\n\r\n%s"
            .formatted(
                MeshPaths.SYNC,
                body.length(),
                SignatureHeaders.NAME,
                signature.name(),
                SignatureHeaders.TIMESTAMP,
                signature.timestamp(),
                SignatureHeaders.SIGNATURE,
                signature.signature(),
                body));
  }
}
