package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.clock.ClockSkew;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.MeshNode;
import nara.mesh.client.Exchange.RawResponse;
import nara.mesh.client.MeshRequest.FetchCheckpointPage;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;

/**
 * Sends requests to peers and verifies the responses. A signed response is verified twice before it
 * is used: by its headers, over the whole body, and by the signature inside, over the list of
 * events. The key of an unknown peer is learned by a ping first.
 *
 * <p>An operation ends with the result of {@code onVerified}, and counts as in flight until then;
 * its timeout covers the peer's part only.
 *
 * <p>Lives on one event loop; workers hash, decompress and verify. Failures are {@link
 * MeshException}.
 */
final class MeshClient {
  private final MeshTransport transport;
  private final MeshNode node;
  private final WorkerExecutor workers;

  MeshClient(MeshTransport transport, MeshNode node, WorkerExecutor workers) {
    this.transport = transport;
    this.node = node;
    this.workers = workers;
  }

  /** A verified response and what it cost: bytes of the body on the wire, time to its last byte. */
  record VerifiedResponse<A>(A value, long wireBytes, Duration elapsed) {
    VerifiedResponse(A value, RawResponse response) {
      this(value, response.body().length, response.elapsed());
    }
  }

  /** The step after a verified response. */
  @FunctionalInterface
  interface OnVerified<A, T> extends Function<VerifiedResponse<A>, Future<T>> {}

  /** Sends a signed request with the configured stall timeout. */
  <A, T> Future<T> send(
      Peer peer, SignedRequest<A> request, Duration timeout, OnVerified<A, T> verified) {
    return send(peer, request, timeout, node.config().stallTimeout(), verified);
  }

  /**
   * Sends a signed request.
   *
   * @param stallTimeout how long the peer may send nothing, or hardly anything
   */
  <A, T> Future<T> send(
      Peer peer,
      SignedRequest<A> request,
      Duration timeout,
      Duration stallTimeout,
      OnVerified<A, T> onVerified) {
    return transport.submit(
        peer.address(),
        timeout,
        stallTimeout,
        operation ->
            keyOf(operation, peer)
                .compose(
                    key ->
                        transport
                            .post(operation, peer.address(), request.path(), request.body())
                            .compose(response -> verify(response, peer, key, request)))
                .compose(verified -> finish(operation, verified, onVerified)));
  }

  private static <A, T> Future<T> finish(
      Operation<T> operation, VerifiedResponse<A> verified, OnVerified<A, T> onVerified) {
    operation.cancelDeadline();
    return onVerified.apply(verified);
  }

  private <A> Future<VerifiedResponse<A>> verify(
      RawResponse response, Peer peer, PublicKey key, SignedRequest<A> request) {
    return workers.executeBlocking(
        () -> {
          byte[] body = response.decompressed(node.config().maxAnswerBytes());
          requireVerifier();
          MeshException firstFault = null;
          for (PublicKey each : claimedKeys(peer.name(), key)) {
            try {
              return verify(response, body, peer, each, request);
            } catch (MeshException fault) {
              firstFault = firstFault == null ? fault : firstFault;
              if (fault.failure() != MeshFailure.BAD_SIGNATURE) {
                break;
              }
            }
          }
          throw firstFault;
        },
        false);
  }

  /**
   * The key that holds for a name, then the others that are claimed for it. Relays influence which
   * key holds, so a wrong one may hold. A peer may sign its responses with any of these keys, since
   * trust verifies each event by itself.
   */
  private List<PublicKey> claimedKeys(String name, PublicKey first) {
    List<PublicKey> keys = new ArrayList<>(List.of(first));
    node.keys().conflict(name).ifPresent(c -> c.claims().forEach(claim -> keys.add(claim.key())));
    return keys.stream().distinct().toList();
  }

  private <A> VerifiedResponse<A> verify(
      RawResponse response, byte[] body, Peer peer, PublicKey key, SignedRequest<A> request)
      throws MeshException {
    SignatureHeaders headers = SignatureHeaders.of(response.headers());
    SignedRequest.requireValid(
        ResponseSignature.fault(headers, body, peer.name(), key, node.verifier()));
    requireSameTime(peer, ResponseSignature.age(headers, response.receivedAt()).orElseThrow());
    A value = request.reader().read(body, peer.name(), key, node.verifier());
    return new VerifiedResponse<>(value, response);
  }

  /** An answer whose signature is valid tells the peer's time, right or wrong. */
  private void requireSameTime(Peer peer, Duration age) throws MeshException {
    node.networkClock().record(peer.witness(), Instant.EPOCH, Instant.EPOCH.plus(age));
    if (age.abs().compareTo(MeshLimits.CLOCK_SKEW) > 0) {
      throw new MeshException(
          MeshFailure.CLOCK_SKEW,
          "its clock is %s %s this node's"
              .formatted(ClockSkew.inWords(age), age.isNegative() ? "ahead of" : "behind"));
    }
  }

  /** Without it, a valid response would count as a forged one. */
  private void requireVerifier() throws MeshException {
    if (node.verifier().tripReason().isPresent()) {
      throw new MeshException(
          MeshFailure.UNVERIFIABLE, "this node refuses all signatures until it restarts");
    }
  }

  /** Asks a peer for a page of its checkpoint list, which has no signature. */
  <T> Future<T> fetchCheckpoints(
      FetchCheckpointPage fetch, OnVerified<CheckpointList, T> verified) {
    Peer peer = fetch.peer();
    String uri = MeshPaths.CHECKPOINTS + "?limit=" + fetch.limit() + "&offset=" + fetch.offset();
    return transport.submit(
        peer.address(),
        fetch.timeout(),
        node.config().stallTimeout(),
        operation ->
            transport
                .get(operation, peer.address(), uri, node.config().maxAnswerBytes())
                .compose(MeshTransport::requireOk)
                .compose(
                    found -> workers.executeBlocking(() -> readCheckpoints(found, peer), false))
                .compose(list -> finish(operation, list, verified)));
  }

  private VerifiedResponse<CheckpointList> readCheckpoints(RawResponse response, Peer peer)
      throws MeshException {
    CheckpointList list =
        CheckpointList.read(response.decompressed(node.config().maxAnswerBytes()));
    if (!list.server().equals(peer.name())) {
      throw new MeshException(
          MeshFailure.BAD_SIGNATURE,
          "the checkpoint list is from %s, expected %s"
              .formatted(SafeText.excerpt(list.server()), SafeText.excerpt(peer.name())));
    }
    return new VerifiedResponse<>(list, response);
  }

  private Future<PublicKey> keyOf(Operation<?> operation, Peer peer) {
    Optional<PublicKey> known = node.keys().byName(peer.name());
    return known.isPresent()
        ? Future.succeededFuture(known.get())
        : transport
            .ping(operation, peer.address())
            .compose(pong -> learnKey(peer, pong.response()));
  }

  private Future<PublicKey> learnKey(Peer peer, PingResponse pong) {
    String name = SafeText.excerpt(peer.name());
    if (!pong.from().equals(peer.name())) {
      return badKey(
          "%s identifies itself as %s, expected %s"
              .formatted(SafeText.excerpt(peer.address()), SafeText.excerpt(pong.from()), name));
    }
    LearnResult result =
        node.keys().learn(peer.name(), "", pong.key(), Origin.PING, peer.witness());
    return switch (result) {
      // While its key is contested, a peer is still judged by what it signs itself.
      case ADDED, KNOWN, CONFLICT ->
          Future.succeededFuture(node.keys().byName(peer.name()).orElse(pong.key()));
      case FULL, REFUSED -> badKey("the keyring refuses the key of " + name + ": " + result);
    };
  }

  private static Future<PublicKey> badKey(String reason) {
    return Future.failedFuture(new MeshException(MeshFailure.BAD_SIGNATURE, reason));
  }
}
