package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.server.MeshResponse;
import nara.mesh.server.ReconcileHandler;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.HashList;
import nara.mesh.wire.JsonFields;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.mesh.wire.Zine;
import nara.negentropy.ItemId;
import nara.trust.verifier.SignatureVerifier;

/**
 * Speaks to peers over signed HTTP. Nothing of a peer is trusted: bodies are bounded and counted,
 * silence and lateness end an exchange, and an answer is verified twice before it is used: by its
 * headers, over the whole body, and by the signature inside, over the list of events.
 *
 * <p>Lives on one event loop, that of the verticle that owns it; hashing, unpacking and signatures
 * are done on workers. Failures are {@link MeshException}.
 */
public final class MeshClient {
  /** Tells a peer who pings. */
  private static final String FROM_HEADER = "X-Nara-From";

  /**
   * Where, at the address that a request comes from, its sender answers pings, so that a peer that
   * does not know the sender's key can ask for it. An addition of ours: others pass over it.
   */
  public static final String PORT_HEADER = "X-Nara-Port";

  /** What a server says to a path or a method that it does not have. */
  private static final Set<Integer> UNSUPPORTED_STATUSES = Set.of(404, 405, 501);

  private final Vertx vertx;
  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final ListenPort listenPort;
  private final WorkerExecutor workers;

  private final HttpClient http;
  private final InFlightLimiter requestLimiter;
  private final InFlightLimiter pingLimiter;
  private final Set<Operation<?>> openOperations = new LinkedHashSet<>();
  private boolean stopping;

  public MeshClient(
      Vertx vertx,
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      ListenPort listenPort,
      WorkerExecutor workers) {
    this.vertx = vertx;
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.listenPort = listenPort;
    this.workers = workers;
    this.http = vertx.createHttpClient(httpOptions(config), poolOptions(config));
    this.requestLimiter =
        new InFlightLimiter(
            config.maxInFlight(), config.maxInFlightPerPeer(), config.maxQueuedPerPeer());
    this.pingLimiter =
        new InFlightLimiter(
            MeshLimits.PINGS_IN_FLIGHT, config.maxInFlightPerPeer(), config.maxQueuedPerPeer());
  }

  private static HttpClientOptions httpOptions(MeshConfig config) {
    HttpClientOptions options = new HttpClientOptions();
    options.setConnectTimeout((int) Math.max(1, config.connectTimeout().toMillis()));
    options.setMaxHeaderSize(MeshLimits.HEADER_BYTES);
    options.setMaxInitialLineLength(MeshLimits.LINE_BYTES);
    // As much as one read of the socket brings: each chunk costs a round through the pipeline.
    options.setMaxChunkSize(MeshLimits.CHUNK_BYTES);
    // Shorter than servers keep idle connections, so that none is closed while we reuse it.
    options.setKeepAliveTimeout(15);
    // Unpacking is ours to do, with a bound.
    options.setDecompressionSupported(false);
    return options;
  }

  private static PoolOptions poolOptions(MeshConfig config) {
    // Never the bound that is felt: in flight is bounded before. Pings come on top.
    return new PoolOptions().setHttp1MaxSize(2 * config.maxInFlightPerPeer() + 2);
  }

  /** Ends everything under way with {@link MeshFailure#STOPPING}, and takes no more. */
  public Future<Void> stop() {
    stopping = true;
    for (Operation<?> operation : List.copyOf(openOperations)) {
      operation.fail(MeshFailure.STOPPING, "this node is stopping");
    }
    return http.shutdown(0, TimeUnit.SECONDS);
  }

  /** An answer that was verified, with what it cost. */
  public record VerifiedResponse<A>(A value, long wireBytes, Duration elapsed) {}

  /** Makes something of an answer that its headers' signature stands for. Not on an event loop. */
  @FunctionalInterface
  interface ResponseReader<A> {
    A read(byte[] json, PublicKey key) throws MeshException;
  }

  /**
   * Asks a peer for events, verifies the answer, and hands it on.
   *
   * @param stallTimeout how long the peer may bring nothing, or hardly anything
   * @param onVerified what to do with a verified answer
   */
  <T> Future<T> sync(
      Peer peer,
      SyncRequest body,
      int maxEvents,
      Duration timeout,
      Duration stallTimeout,
      Function<VerifiedResponse<SyncResponse>, Future<T>> onVerified) {
    return post(
        peer,
        "/events/sync",
        body.write(),
        timeout,
        stallTimeout,
        syncResponseReader(peer, maxEvents),
        onVerified);
  }

  private ResponseReader<SyncResponse> syncResponseReader(Peer peer, int maxEvents) {
    return (json, key) -> {
      SyncResponse response = SyncResponse.read(json, maxEvents);
      return verify(response, response.fault(peer.name(), key, signatureVerifier));
    };
  }

  /** Sends a peer a message of a reconciliation, and hands its answer on. */
  <T> Future<T> reconcile(
      Peer peer,
      byte[] message,
      Duration timeout,
      Function<VerifiedResponse<byte[]>, Future<T>> onVerified) {
    return post(
        peer,
        ReconcileHandler.RECONCILE_PATH,
        message,
        timeout,
        (response, key) -> response,
        onVerified);
  }

  /** Asks a peer for the events with these hashes, and hands on what it gives. */
  <T> Future<T> fetchByHash(
      Peer peer,
      List<ItemId> hashes,
      Duration timeout,
      Function<VerifiedResponse<SyncResponse>, Future<T>> onVerified) {
    byte[] body = HashList.write(hashes);
    return post(
        peer,
        ReconcileHandler.FETCH_PATH,
        body,
        timeout,
        syncResponseReader(peer, hashes.size()),
        onVerified);
  }

  /** Gives a peer our zine, verifies the one that it gives in return, and hands that on. */
  <T> Future<T> exchangeZine(
      Peer peer,
      byte[] ownZine,
      Duration timeout,
      Function<VerifiedResponse<Zine>, Future<T>> onVerified) {
    ResponseReader<Zine> responseReader =
        (json, key) -> {
          Zine zine = Zine.read(json, Query.MAX_EVENTS);
          return verify(zine, zine.fault(peer.name(), key, signatureVerifier));
        };
    return post(peer, "/gossip/zine", ownZine, timeout, responseReader, onVerified);
  }

  /** Sends a peer one signed event; the answer is whether it was new there. */
  Future<Boolean> sendEvent(Peer peer, byte[] event, Duration timeout) {
    return post(
        peer,
        "/dm",
        event,
        timeout,
        (json, key) -> JsonFields.of(json).bool("success"),
        verified -> Future.succeededFuture(verified.value()));
  }

  private static <A> A verify(A response, Optional<String> fault) throws MeshException {
    if (fault.isPresent()) {
      throw new MeshException(MeshFailure.BAD_SIGNATURE, fault.get());
    }
    return response;
  }

  /**
   * Posts to a peer, signed, verifies the answer by its headers, and hands it on. The operation
   * ends with what is made of the answer; only the peer's part stands under the timeout.
   *
   * @param responseReader what verifies the rest, on a worker
   * @param onVerified what to do with a verified answer
   */
  <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      ResponseReader<A> responseReader,
      Function<VerifiedResponse<A>, Future<T>> onVerified) {
    return post(peer, path, body, timeout, config.stallTimeout(), responseReader, onVerified);
  }

  private <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      Duration stallTimeout,
      ResponseReader<A> responseReader,
      Function<VerifiedResponse<A>, Future<T>> onVerified) {
    return submit(
        requestLimiter,
        peer.address(),
        timeout,
        stallTimeout,
        operation ->
            keyOf(operation, peer)
                .compose(
                    key ->
                        post(operation, peer, path, body)
                            .compose(
                                response -> verify(response, peer.name(), key, responseReader)))
                .compose(
                    verifiedResponse -> {
                      operation.cancelDeadline();
                      return onVerified.apply(verifiedResponse);
                    }));
  }

  /** Asks a peer for a page of its checkpoint list, which nobody signs, and hands it on. */
  <T> Future<T> fetchCheckpoints(
      Peer peer,
      int offset,
      int limit,
      Duration timeout,
      Function<VerifiedResponse<CheckpointList>, Future<T>> onVerified) {
    String uri = "/api/checkpoints/all?limit=" + limit + "&offset=" + offset;
    return submit(
        requestLimiter,
        peer.address(),
        timeout,
        operation ->
            get(operation, peer.address(), uri, config.maxAnswerBytes())
                .compose(response -> readCheckpoints(response, peer.name()))
                .compose(
                    list -> {
                      operation.cancelDeadline();
                      return onVerified.apply(list);
                    }));
  }

  /** Who is at an address. The key is not learned here. */
  public Future<VerifiedResponse<PingResponse>> ping(String address, Duration timeout) {
    return submit(pingLimiter, address, timeout, operation -> ping(operation, address));
  }

  /** What a peer says of somebody's key. */
  sealed interface KeyQueryResult {
    /** It knows. */
    record KeyFound(PeerQueryResponse response) implements KeyQueryResult {}

    /** It names somebody else to ask. */
    record KeyRedirect(String name) implements KeyQueryResult {}

    /** It knows nobody. */
    record KeyUnknown() implements KeyQueryResult {}
  }

  /** Asks one peer who has a name's key; redirects are handed on, not followed. */
  Future<KeyQueryResult> queryKey(Peer peer, String target, List<String> asked, Duration timeout) {
    String uri =
        "/peer/query?target="
            + urlEncoded(target)
            + (asked.isEmpty() ? "" : "&asked=" + urlEncoded(String.join(",", asked)));
    return submit(
        requestLimiter,
        peer.address(),
        timeout,
        operation ->
            exchange(
                    operation,
                    peer.address(),
                    HttpMethod.GET,
                    uri,
                    Buffer.buffer(),
                    "",
                    MeshLimits.SMALL_RESPONSE_BYTES)
                .compose(response -> attempt(() -> readKeyQueryResult(response, target))));
  }

  private static KeyQueryResult readKeyQueryResult(Exchange.RawResponse response, String target)
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
      default -> throw statusFailure(response);
    };
  }

  private Future<PublicKey> keyOf(Operation<?> operation, Peer peer) {
    Optional<PublicKey> known = keys.byName(peer.name());
    return known.isPresent()
        ? Future.succeededFuture(known.get())
        : ping(operation, peer.address())
            .compose(pong -> attempt(() -> learnKey(peer, pong.value())));
  }

  private PublicKey learnKey(Peer peer, PingResponse pong) throws MeshException {
    if (!pong.from().equals(peer.name())) {
      throw new MeshException(
          MeshFailure.BAD_SIGNATURE,
          "at %s answers %s, not %s"
              .formatted(
                  SafeText.excerpt(peer.address()),
                  SafeText.excerpt(pong.from()),
                  SafeText.excerpt(peer.name())));
    }
    LearnResult learnResult = keys.learn(peer.name(), "", pong.key(), Origin.PING);
    return keys.byName(peer.name())
        .orElseThrow(
            () ->
                new MeshException(
                    MeshFailure.BAD_SIGNATURE,
                    "the key of %s was not taken: %s"
                        .formatted(SafeText.excerpt(peer.name()), learnResult)));
  }

  private Future<VerifiedResponse<PingResponse>> ping(Operation<?> operation, String address) {
    return get(operation, address, "/ping", MeshLimits.SMALL_RESPONSE_BYTES)
        .compose(
            response ->
                attempt(
                    () ->
                        new VerifiedResponse<>(
                            PingResponse.read(
                                response.decompressed(MeshLimits.SMALL_RESPONSE_BYTES)),
                            response.body().length,
                            response.elapsed())));
  }

  private Future<Exchange.RawResponse> post(
      Operation<?> operation, Peer peer, String path, byte[] body) {
    return exchange(
            operation,
            peer.address(),
            HttpMethod.POST,
            path,
            Buffer.buffer(body),
            path,
            path.equals(ReconcileHandler.RECONCILE_PATH)
                ? MeshLimits.RECONCILE_BYTES
                : config.maxAnswerBytes())
        .compose(MeshClient::requireOk)
        .compose(response -> requireOctetStream(path, response));
  }

  /** Who gives a page to look at in return for a message has not understood it. */
  private static Future<Exchange.RawResponse> requireOctetStream(
      String path, Exchange.RawResponse response) {
    return path.equals(ReconcileHandler.RECONCILE_PATH)
            && !MeshResponse.OCTET_STREAM.equals(response.headers().get(HttpHeaders.CONTENT_TYPE))
        ? Future.failedFuture(
            new MeshException(
                MeshFailure.UNSUPPORTED, "answers with something else than a message"))
        : Future.succeededFuture(response);
  }

  private Future<Exchange.RawResponse> get(
      Operation<?> operation, String address, String uri, int maxBytes) {
    return exchange(operation, address, HttpMethod.GET, uri, Buffer.buffer(), "", maxBytes)
        .compose(MeshClient::requireOk);
  }

  /**
   * One exchange.
   *
   * @param signedPath the path to sign for, or empty for a request that nobody checks
   */
  private Future<Exchange.RawResponse> exchange(
      Operation<?> operation,
      String address,
      HttpMethod method,
      String uri,
      Buffer body,
      String signedPath,
      int maxBytes) {
    Optional<PeerAddress> peer = PeerAddress.parse(address);
    if (peer.isEmpty()) {
      return Future.failedFuture(
          new MeshException(
              MeshFailure.UNREACHABLE, "'" + SafeText.excerpt(address) + "' is no address"));
    }
    RequestOptions options =
        new RequestOptions()
            .setHost(peer.get().host())
            .setPort(peer.get().port())
            .setMethod(method)
            .setURI(uri);
    if (signedPath.isEmpty()) {
      options.addHeader(FROM_HEADER, SignatureHeaders.encodeValue(me.name()));
    } else {
      options.addHeader(HttpHeaders.CONTENT_TYPE.toString(), contentType(signedPath));
      RequestSignature.sign(me, clock.instant(), method.name(), signedPath)
          .addTo(options.getHeaders());
      listenPort.port().ifPresent(port -> options.addHeader(PORT_HEADER, Integer.toString(port)));
    }
    if (config.gzip() && !peer.get().isLoopback()) {
      options.addHeader("Accept-Encoding", Gzip.CODING);
    }
    return Exchange.run(vertx, http, clock, operation, options, body, maxBytes);
  }

  private <A> Future<VerifiedResponse<A>> verify(
      Exchange.RawResponse response, String name, PublicKey key, ResponseReader<A> responseReader) {
    return onWorker(
        () -> {
          byte[] json = response.decompressed(config.maxAnswerBytes());
          verify(
              json,
              ResponseSignature.fault(
                  SignatureHeaders.of(response.headers()),
                  json,
                  name,
                  key,
                  response.receivedAt(),
                  signatureVerifier));
          return new VerifiedResponse<>(
              responseReader.read(json, key), response.body().length, response.elapsed());
        });
  }

  private Future<VerifiedResponse<CheckpointList>> readCheckpoints(
      Exchange.RawResponse response, String name) {
    return onWorker(
        () -> {
          CheckpointList list = CheckpointList.read(response.decompressed(config.maxAnswerBytes()));
          if (!list.server().equals(name)) {
            throw new MeshException(
                MeshFailure.BAD_SIGNATURE,
                SafeText.excerpt(name)
                    + " was asked, the list is from "
                    + SafeText.excerpt(list.server()));
          }
          return new VerifiedResponse<>(list, response.body().length, response.elapsed());
        });
  }

  private static Future<Exchange.RawResponse> requireOk(Exchange.RawResponse response) {
    return response.status() == 200
        ? Future.succeededFuture(response)
        : Future.failedFuture(statusFailure(response));
  }

  private static String contentType(String path) {
    return path.equals(ReconcileHandler.RECONCILE_PATH) || path.equals(ReconcileHandler.FETCH_PATH)
        ? MeshResponse.OCTET_STREAM
        : "application/json";
  }

  private static MeshException statusFailure(Exchange.RawResponse response) {
    String text = new String(response.body(), StandardCharsets.UTF_8).strip();
    boolean absent = UNSUPPORTED_STATUSES.contains(response.status());
    return new MeshException(
        absent ? MeshFailure.UNSUPPORTED : MeshFailure.STATUS,
        "answers " + response.status() + (text.isEmpty() ? "" : ": " + SafeText.excerpt(text)));
  }

  private <T> Future<T> submit(
      InFlightLimiter limiter,
      String peer,
      Duration timeout,
      Function<Operation<T>, Future<T>> work) {
    return submit(limiter, peer, timeout, config.stallTimeout(), work);
  }

  private <T> Future<T> submit(
      InFlightLimiter limiter,
      String peer,
      Duration timeout,
      Duration stallTimeout,
      Function<Operation<T>, Future<T>> work) {
    Operation<T> operation = new Operation<>(vertx, timeout, stallTimeout);
    if (stopping) {
      operation.fail(MeshFailure.STOPPING, "this node is stopping");
      return operation.future();
    }
    openOperations.add(operation);
    operation.onEnd(() -> openOperations.remove(operation));
    limiter.submit(
        peer,
        operation,
        () ->
            // Inside compose, so that a defect thrown by the work fails it and nobody else.
            Future.succeededFuture()
                .compose(start -> work.apply(operation))
                .onSuccess(operation::succeed)
                .onFailure(operation::fail));
    return operation.future();
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return workers.executeBlocking(work, false);
  }

  private static <T> Future<T> attempt(Callable<T> work) {
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception trouble) {
      return Future.failedFuture(trouble);
    }
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
