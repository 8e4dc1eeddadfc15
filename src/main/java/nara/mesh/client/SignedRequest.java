package nara.mesh.client;

import java.util.List;
import java.util.Optional;
import nara.event.json.JsonFields;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.wire.HashList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshJson;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.mesh.wire.Zine;
import nara.negentropy.ItemId;
import nara.trust.verifier.SignatureVerifier;

/** A signed POST to a peer, one factory for each endpoint, and the reader of its response. */
record SignedRequest<A>(String path, byte[] body, ResponseReader<A> reader) {
  private static final JsonFields EVENT_RESPONSE = MeshJson.fields().flag("success");

  /** Reads a body whose signature in the headers is valid. Not for an event loop. */
  @FunctionalInterface
  interface ResponseReader<A> {
    A read(byte[] body, String peerName, PublicKey key, SignatureVerifier verifier)
        throws MeshException;
  }

  /** Asks for events. */
  static SignedRequest<SyncResponse> sync(SyncRequest request) {
    return new SignedRequest<>(MeshPaths.SYNC, request.write(), syncReader(Query.MAX_EVENTS));
  }

  /** Sends a message of a reconciliation; the response is the peer's next message. */
  static SignedRequest<byte[]> reconcile(byte[] message) {
    return new SignedRequest<>(MeshPaths.RECONCILE, message, (body, peer, key, verifier) -> body);
  }

  /** Asks for the events with these hashes. */
  static SignedRequest<SyncResponse> fetch(List<ItemId> hashes) {
    return new SignedRequest<>(MeshPaths.FETCH, HashList.write(hashes), syncReader(hashes.size()));
  }

  /** Sends our zine; the response is the peer's zine. */
  static SignedRequest<Zine> zine(byte[] ownZine) {
    return new SignedRequest<>(
        MeshPaths.ZINE,
        ownZine,
        (body, peerName, key, verifier) -> {
          Zine zine = Zine.read(body, Query.MAX_EVENTS);
          requireValid(zine.fault(peerName, key, verifier));
          return zine;
        });
  }

  /** Sends one event; the response says whether it was new. */
  static SignedRequest<Boolean> event(byte[] event) {
    return new SignedRequest<>(
        MeshPaths.SEND_EVENT,
        event,
        (body, peerName, key, verifier) -> MeshJson.read(EVENT_RESPONSE, body).flag("success"));
  }

  /** Sends a message of a service; the response is empty, or has the replies. */
  static SignedRequest<byte[]> message(byte[] message) {
    return new SignedRequest<>(MeshPaths.MESSAGE, message, (body, peer, key, verifier) -> body);
  }

  /** Passes on a journey; the response says whether the peer took it. */
  static SignedRequest<Boolean> journey(byte[] journey) {
    return new SignedRequest<>(
        MeshPaths.WORLD_RELAY,
        journey,
        (body, peerName, key, verifier) -> MeshJson.read(EVENT_RESPONSE, body).flag("success"));
  }

  private static ResponseReader<SyncResponse> syncReader(int maxEvents) {
    return (body, peerName, key, verifier) -> {
      SyncResponse response = SyncResponse.read(body, maxEvents);
      requireValid(response.fault(peerName, key, verifier));
      return response;
    };
  }

  static void requireValid(Optional<String> fault) throws MeshException {
    if (fault.isPresent()) {
      throw new MeshException(MeshFailure.BAD_SIGNATURE, fault.get());
    }
  }
}
