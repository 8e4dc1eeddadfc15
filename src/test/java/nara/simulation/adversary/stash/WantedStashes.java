package nara.simulation.adversary.stash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.Surroundings;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashPayload;

/** Asks everybody for the stashes of all honest naras, under its own name and theirs. */
public final class WantedStashes implements Misbehaviour {
  private static final int MOST_PASSED = 6;

  private final List<String> got = new ArrayList<>();
  private int passed;

  /** The ids of owners whose stash it was given. */
  public List<String> got() {
    return got;
  }

  @Override
  public void join(HostilePeer me) {
    me.vertx().setTimer(45_000, due -> askAll(me));
  }

  @Override
  public void receive(HostilePeer me, HostilePeer.Received request) {
    if (!request.path().equals(MeshPaths.MESSAGE)) {
      return;
    }
    // A reply comes as a request of its own.
    onMessages(('[' + new String(request.body(), UTF_8) + ']').getBytes(UTF_8));
    // A request of an owner, sent on to others with the owner's own signatures.
    if (passed++ < MOST_PASSED) {
      me.surroundings()
          .addresses()
          .forEach(address -> ask(me, address, request.signature(), request.body()));
    }
  }

  private void askAll(HostilePeer me) {
    List<Surroundings.Nara> naras = me.surroundings().naras();
    for (int i = 0; i < naras.size(); i++) {
      Receiver receiver = new Receiver(naras.get(i).name(), naras.get(i).id());
      String address = me.surroundings().addresses().get(i);
      for (Surroundings.Nara owner : List.of(naras.getFirst(), naras.getLast())) {
        StashPayload wanted = new StashPayload.Request(owner.id(), "");
        ask(me, me.identity(), address, receiver, wanted);
        ask(me, Forger.impostor(owner.name()), address, receiver, wanted);
      }
    }
  }

  private void ask(
      HostilePeer me, Identity as, String address, Receiver receiver, StashPayload payload) {
    MeshMessage message = MeshMessage.sign(as, receiver, me.now(), payload, "");
    SignatureHeaders signature = RequestSignature.sign(as, me.now(), "POST", MeshPaths.MESSAGE);
    ask(me, address, signature, message.json());
  }

  private void ask(HostilePeer me, String address, SignatureHeaders signature, byte[] body) {
    me.ask(address, MeshPaths.MESSAGE, signature, body).onSuccess(this::onMessages);
  }

  private void onMessages(byte[] body) {
    try {
      for (MeshMessage reply : MeshMessage.readList(body)) {
        if (reply.payload() instanceof StashPayload.Response given && given.found()) {
          got.add(given.ownerId());
        }
      }
    } catch (MalformedJsonException refused) {
      // The text of an error, or what other hostile peers send.
    }
  }
}
