package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.identity.Keyring;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.MeshConfig;
import nara.mesh.client.Exchange.RawResponse;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.HashList;
import nara.mesh.wire.JsonFields;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.mesh.wire.Zine;
import nara.negentropy.ItemId;
import nara.trust.verifier.SignatureVerifier;

/**
 * The requests that peers serve, one method each. A signed response is verified twice before it is
 * used: by its headers, over the whole body, and by the signature inside, over the list of events.
 * The key of an unknown peer is learned by a ping first.
 *
 * <p>The parameter {@code onVerified} of a method receives the verified response. The operation
 * ends with the result of {@code onVerified}, but its timeout covers the peer's part only.
 *
 * <p>Lives on one event loop; workers hash, decompress and verify. Failures are {@link
 * MeshException}.
 */
final class MeshClient {
  private final MeshTransport transport;
  private final Keyring keys;
  private final MeshConfig config;
  private final SignatureVerifier signatureVerifier;
  private final WorkerExecutor workers;

  MeshClient(
      MeshTransport transport,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier signatureVerifier,
      WorkerExecutor workers) {
    this.transport = transport;
    this.keys = keys;
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.workers = workers;
  }

  /** A verified response and what it cost: bytes of the body on the wire, time to its last byte. */
  record VerifiedResponse<A>(A value, long wireBytes, Duration elapsed) {}

  /** Reads a body whose signature in the headers is valid. Not for an event loop. */
  @FunctionalInterface
  interface ResponseReader<A> {
    A read(byte[] body, PublicKey key) throws MeshException;
  }

  /** Asks a peer for events. */
  <T> Future<T> sync(
      Peer peer,
      SyncRequest request,
      Duration timeout,
      Duration stallTimeout,
      Function<VerifiedResponse<SyncResponse>, Future<T>> onVerified) {
    return post(
        peer,
        MeshPaths.SYNC,
        request.write(),
        timeout,
        stallTimeout,
        syncResponseReader(peer, Query.MAX_EVENTS),
        onVerified);
  }

  private ResponseReader<SyncResponse> syncResponseReader(Peer peer, int maxEvents) {
    return (json, key) -> {
      SyncResponse response = SyncResponse.read(json, maxEvents);
      requireNone(response.fault(peer.name(), key, signatureVerifier));
      return response;
    };
  }

  /** Sends a message of a reconciliation; the response is the peer's next message. */
  <T> Future<T> reconcile(
      Peer peer,
      byte[] message,
      Duration timeout,
      Function<VerifiedResponse<byte[]>, Future<T>> onVerified) {
    return post(
        peer, MeshPaths.RECONCILE, message, timeout, (response, key) -> response, onVerified);
  }

  /** Asks a peer for the events with these hashes. */
  <T> Future<T> fetchByHash(
      Peer peer,
      List<ItemId> hashes,
      Duration timeout,
      Function<VerifiedResponse<SyncResponse>, Future<T>> onVerified) {
    ResponseReader<SyncResponse> reader = syncResponseReader(peer, hashes.size());
    return post(peer, MeshPaths.FETCH, HashList.write(hashes), timeout, reader, onVerified);
  }

  /** Sends our zine to a peer; the response is the peer's zine. */
  <T> Future<T> exchangeZine(
      Peer peer,
      byte[] ownZine,
      Duration timeout,
      Function<VerifiedResponse<Zine>, Future<T>> onVerified) {
    ResponseReader<Zine> reader =
        (json, key) -> {
          Zine zine = Zine.read(json, Query.MAX_EVENTS);
          requireNone(zine.fault(peer.name(), key, signatureVerifier));
          return zine;
        };
    return post(peer, MeshPaths.ZINE, ownZine, timeout, reader, onVerified);
  }

  /** Sends a peer one signed event; the result says whether it was new there. */
  Future<Boolean> sendEvent(Peer peer, byte[] event, Duration timeout) {
    return post(
        peer,
        MeshPaths.SEND_EVENT,
        event,
        timeout,
        (json, key) -> JsonFields.of(json).bool("success"),
        verified -> Future.succeededFuture(verified.value()));
  }

  private <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      ResponseReader<A> reader,
      Function<VerifiedResponse<A>, Future<T>> onVerified) {
    return post(peer, path, body, timeout, config.stallTimeout(), reader, onVerified);
  }

  private <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      Duration stallTimeout,
      ResponseReader<A> reader,
      Function<VerifiedResponse<A>, Future<T>> onVerified) {
    return transport.submit(
        peer.address(),
        timeout,
        stallTimeout,
        operation ->
            keyOf(operation, peer)
                .compose(
                    key ->
                        transport
                            .post(operation, peer.address(), path, body)
                            .compose(response -> verify(response, peer, key, reader)))
                .compose(
                    verified -> {
                      operation.cancelDeadline();
                      return onVerified.apply(verified);
                    }));
  }

  private <A> Future<VerifiedResponse<A>> verify(
      RawResponse response, Peer peer, PublicKey key, ResponseReader<A> reader) {
    return read(
        response,
        body -> {
          requireNone(
              ResponseSignature.fault(
                  SignatureHeaders.of(response.headers()),
                  body,
                  peer.name(),
                  key,
                  response.receivedAt(),
                  signatureVerifier));
          return reader.read(body, key);
        });
  }

  /** Asks a peer for a page of its checkpoint list, which has no signature. */
  <T> Future<T> fetchCheckpoints(
      Peer peer,
      int offset,
      int limit,
      Duration timeout,
      Function<VerifiedResponse<CheckpointList>, Future<T>> onVerified) {
    String uri = MeshPaths.CHECKPOINTS + "?limit=" + limit + "&offset=" + offset;
    return transport.submit(
        peer.address(),
        timeout,
        config.stallTimeout(),
        operation ->
            transport
                .get(operation, peer.address(), uri, config.maxAnswerBytes())
                .compose(MeshTransport::requireOk)
                .compose(response -> read(response, json -> readCheckpoints(json, peer)))
                .compose(
                    list -> {
                      operation.cancelDeadline();
                      return onVerified.apply(list);
                    }));
  }

  private static CheckpointList readCheckpoints(byte[] json, Peer peer) throws MeshException {
    CheckpointList list = CheckpointList.read(json);
    requireNone(
        list.server().equals(peer.name())
            ? Optional.empty()
            : Optional.of(
                "the checkpoint list is from %s, expected %s"
                    .formatted(SafeText.excerpt(list.server()), SafeText.excerpt(peer.name()))));
    return list;
  }

  @FunctionalInterface
  private interface BodyReader<A> {
    A read(byte[] body) throws MeshException;
  }

  private <A> Future<VerifiedResponse<A>> read(RawResponse response, BodyReader<A> reader) {
    return workers.executeBlocking(
        () ->
            new VerifiedResponse<>(
                reader.read(response.decompressed(config.maxAnswerBytes())),
                response.body().length,
                response.elapsed()),
        false);
  }

  private static void requireNone(Optional<String> fault) throws MeshException {
    if (fault.isPresent()) {
      throw new MeshException(MeshFailure.BAD_SIGNATURE, fault.get());
    }
  }

  // Keys.

  /** What a peer replies when it is asked for the key of a name. */
  sealed interface KeyQueryResult {
    record KeyFound(PeerQueryResponse response) implements KeyQueryResult {}

    /** The peer names another one to ask. */
    record KeyRedirect(String name) implements KeyQueryResult {}

    record KeyUnknown() implements KeyQueryResult {}
  }

  /** Asks one peer for the key of a name. A redirect is returned, not followed. */
  Future<KeyQueryResult> queryKey(Peer peer, String target, List<String> asked, Duration timeout) {
    String uri =
        MeshPaths.PEER_QUERY
            + "?target="
            + urlEncoded(target)
            + (asked.isEmpty() ? "" : "&asked=" + urlEncoded(String.join(",", asked)));
    return transport.submit(
        peer.address(),
        timeout,
        config.stallTimeout(),
        operation ->
            transport
                .get(operation, peer.address(), uri, MeshLimits.SMALL_RESPONSE_BYTES)
                .compose(
                    response -> {
                      try {
                        return Future.succeededFuture(keyQueryResult(response, target));
                      } catch (MeshException unreadable) {
                        return Future.failedFuture(unreadable);
                      }
                    }));
  }

  private static KeyQueryResult keyQueryResult(RawResponse response, String target)
      throws MeshException {
    return switch (response.status()) {
      case 200 ->
          new KeyQueryResult.KeyFound(
              PeerQueryResponse.read(
                  response.decompressed(MeshLimits.SMALL_RESPONSE_BYTES), target));
      case 307 -> {
        String other =
            SignatureHeaders.decodeValue(response.headers().get(PeerQueryResponse.REDIRECT));
        yield other.isEmpty()
            ? new KeyQueryResult.KeyUnknown()
            : new KeyQueryResult.KeyRedirect(other);
      }
      case 404 -> new KeyQueryResult.KeyUnknown();
      default -> throw MeshTransport.statusFailure(response);
    };
  }

  private Future<PublicKey> keyOf(Operation<?> operation, Peer peer) {
    return keys.byName(peer.name())
        .map(Future::succeededFuture)
        .orElseGet(
            () ->
                transport
                    .ping(operation, peer.address())
                    .compose(pong -> learnKey(peer, pong.response())));
  }

  private Future<PublicKey> learnKey(Peer peer, PingResponse pong) {
    if (!pong.from().equals(peer.name())) {
      return badKey(
          "%s identifies itself as %s, expected %s"
              .formatted(
                  SafeText.excerpt(peer.address()),
                  SafeText.excerpt(pong.from()),
                  SafeText.excerpt(peer.name())));
    }
    LearnResult result = keys.learn(peer.name(), "", pong.key(), Origin.PING);
    return keys.byName(peer.name())
        .map(Future::succeededFuture)
        .orElseGet(
            () ->
                badKey(
                    "the keyring refuses the key of %s: %s"
                        .formatted(SafeText.excerpt(peer.name()), result)));
  }

  private static Future<PublicKey> badKey(String reason) {
    return Future.failedFuture(new MeshException(MeshFailure.BAD_SIGNATURE, reason));
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
