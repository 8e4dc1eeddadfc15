package nara.simulation.adversary.stash;

import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.mesh.wire.MeshPaths;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;
import nara.simulation.adversary.WireAnswer;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashPayload;

/**
 * Stores noise as the stash of honest naras, of sizes that nobody may use, and gives owners noise
 * in place of their own stash, asked and unasked. It promises to keep every stash.
 */
public final class FalseStashes implements Misbehaviour {
  private static final int[] SIZES = {1, 900, 64 * 1024, 64 * 1024 + 1, 80_000};

  @Override
  public void join(HostilePeer me) {
    me.vertx().setTimer(40_000, due -> storeAll(me));
  }

  private static void storeAll(HostilePeer me) {
    List<Surroundings.Nara> naras = me.surroundings().naras();
    for (int i = 0; i < naras.size(); i++) {
      Surroundings.Nara to = naras.get(i);
      Receiver receiver = new Receiver(to.name(), to.id());
      String address = me.surroundings().addresses().get(i);
      for (Surroundings.Nara owner : List.of(naras.getFirst(), naras.getLast())) {
        int size = SIZES[me.random().nextInt(SIZES.length)];
        StashPayload store =
            new StashPayload.Store(
                owner.id(), owner.name(), new byte[24], new byte[size], me.nowSeconds() + 900);
        send(me, me.identity(), address, receiver, store);
        send(me, Forger.impostor(owner.name()), address, receiver, store);
      }
      StashPayload pushed =
          new StashPayload.Response(
              to.id(), "", true, new byte[24], new byte[500], me.nowSeconds() + 900);
      send(me, me.identity(), address, receiver, pushed);
    }
  }

  private static void send(
      HostilePeer me, Identity as, String address, Receiver to, StashPayload payload) {
    byte[] message = MeshMessage.sign(as, to, me.now(), payload, "").json();
    me.post(as, address, MeshPaths.MESSAGE, message);
  }

  @Override
  public void answer(HostilePeer me, WireAnswer answer) {
    if (answer.path().equals(MeshPaths.MESSAGE)) {
      try {
        MeshMessage message = MeshMessage.read(me.received().getLast().body());
        MeshMessage reply =
            MeshMessage.sign(
                me.identity(),
                new Receiver(message.from(), message.fromId()),
                me.now(),
                reply(me, message),
                message.id());
        answer.set(200, MeshMessage.jsonList(reply));
        answer.signAgain(me);
      } catch (MalformedJsonException malformed) {
        // Other hostile peers send what is none.
      }
    }
  }

  private static StashPayload reply(HostilePeer me, MeshMessage message) {
    String owner = message.payload().ownerId();
    return message.payload() instanceof StashPayload.Request request
        ? new StashPayload.Response(
            owner, request.requestId(), true, new byte[24], new byte[300], me.nowSeconds())
        : new StashPayload.Ack(owner, me.nowSeconds(), true, "");
  }
}
