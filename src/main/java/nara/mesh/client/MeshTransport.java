package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bounds.BoundedMap;
import nara.bounds.SafeText;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.PingClient;
import nara.mesh.client.Exchange.RawResponse;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;

/**
 * Sends requests to peers. It bounds how many are in flight and queued, ends each at its deadline,
 * and signs those whose sender the peer checks. It does not verify responses.
 *
 * <p>Two limits bound the requests in flight: one for addresses that have responded, one for all
 * others. So silent addresses cannot delay the requests to those that respond.
 *
 * <p>Lives on one event loop. Failures are {@link MeshException}.
 */
public final class MeshTransport implements PingClient {
  /** The statuses of a server that lacks a path or a method. */
  private static final Set<Integer> UNSUPPORTED_STATUSES = Set.of(404, 405, 501);

  private final Vertx vertx;
  private final MeshNode node;
  private final BoundedWebClient http;
  private final InFlightLimiter requestLimiter;
  private final InFlightLimiter newcomerLimiter;
  private final InFlightLimiter pingLimiter;
  private final Set<Operation<?>> openOperations = new LinkedHashSet<>();

  /** Addresses that responded to their last request. */
  private final Set<String> responding =
      Collections.newSetFromMap(BoundedMap.fifo(MeshLimits.RESPONDING_ADDRESSES));

  private boolean stopping;

  /** When the last request was signed, Unix milliseconds. */
  private long lastSignedMillis;

  public MeshTransport(Vertx vertx, MeshNode node) {
    this.vertx = vertx;
    this.node = node;
    MeshConfig config = node.config();
    int perPeer = config.maxInFlightPerPeer();
    // The limiters bound the connections before this does. Pings come on top of requests.
    this.http =
        new BoundedWebClient(
            vertx,
            node.clock(),
            config.connectTimeout(),
            2 * perPeer + 2,
            config.proxy(),
            Optional.empty());
    this.requestLimiter =
        new InFlightLimiter(config.maxInFlight(), perPeer, config.maxQueuedPerPeer());
    this.newcomerLimiter =
        new InFlightLimiter(
            MeshLimits.NEWCOMERS_PER_PLACE * config.maxInFlight(),
            perPeer,
            config.maxQueuedPerPeer());
    this.pingLimiter =
        new InFlightLimiter(MeshLimits.PINGS_IN_FLIGHT, perPeer, config.maxQueuedPerPeer());
  }

  /** Fails all operations with {@link MeshFailure#STOPPING}, and every later one. */
  @Override
  public Future<Void> stop() {
    stopping = true;
    List.copyOf(openOperations)
        .forEach(open -> open.fail(MeshFailure.STOPPING, "this node is stopping"));
    return http.close();
  }

  /** Runs an operation when the limits allow it; see {@link Operation}. */
  <T> Future<T> submit(
      String address,
      Duration timeout,
      Duration stallTimeout,
      Function<Operation<T>, Future<T>> work) {
    InFlightLimiter limiter = responding.contains(address) ? requestLimiter : newcomerLimiter;
    Operation<T> operation = new Operation<>(vertx, timeout, stallTimeout, work);
    return submit(limiter, address, operation)
        .onSuccess(response -> onEnded(address, true))
        .onFailure(failure -> onEnded(address, isResponse(failure)));
  }

  private void onEnded(String address, boolean responded) {
    // The address becomes the youngest: the oldest one is forgotten first.
    responding.remove(address);
    if (responded) {
      responding.add(address);
    }
  }

  private static boolean isResponse(Throwable failure) {
    return failure instanceof MeshException fault
        && switch (fault.failure()) {
          case UNREACHABLE, STALLED, STOPPING -> false;
          case CUT_OFF,
              STATUS,
              UNSUPPORTED,
              TOO_LARGE,
              BAD_SIGNATURE,
              CLOCK_SKEW,
              NOT_ASKED,
              MALFORMED,
              UNVERIFIABLE ->
              true;
        };
  }

  private <T> Future<T> submit(InFlightLimiter limiter, String address, Operation<T> operation) {
    if (stopping) {
      operation.fail(MeshFailure.STOPPING, "this node is stopping");
    } else {
      openOperations.add(operation);
      operation.onEnd(() -> openOperations.remove(operation));
      limiter.submit(address, operation);
    }
    return operation.future();
  }

  /** A node that lost its soul has a new key, but the name of the former one. */
  private static final String OTHER_KEY_ADVICE =
      "it may know another key for this node's name: use the soul that had the name, or another"
          + " identity.name";

  private static final String MANAGEMENT_PORT =
      "this is the management port of a nara; the mesh is on another port";

  /** A ping response and the time from the request to its last byte. */
  record TimedPing(PingResponse response, Instant receivedAt, Duration elapsed) {}

  @Override
  public Future<PingResponse> ping(String address, Duration timeout) {
    return timedPing(address, timeout).map(TimedPing::response);
  }

  /** Pings an address. The key in the response is not learned. */
  Future<TimedPing> timedPing(String address, Duration timeout) {
    Duration stallTimeout = node.config().stallTimeout();
    return submit(
        pingLimiter,
        address,
        new Operation<>(vertx, timeout, stallTimeout, operation -> ping(operation, address)));
  }

  /** The same as a part of another operation. */
  Future<TimedPing> ping(Operation<?> operation, String address) {
    return get(operation, address, MeshPaths.PING, MeshLimits.SMALL_RESPONSE_BYTES)
        .compose(MeshTransport::requireOk)
        .compose(response -> attempt(() -> readPing(response)));
  }

  private static TimedPing readPing(RawResponse response) throws MeshException {
    byte[] body = response.decompressed(MeshLimits.SMALL_RESPONSE_BYTES);
    return new TimedPing(PingResponse.read(body), response.receivedAt(), response.elapsed());
  }

  static <T> Future<T> attempt(Callable<T> work) {
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }

  /** Sends a GET, unsigned, and accepts any status. */
  Future<RawResponse> get(Operation<?> operation, String address, String uri, int maxBytes) {
    RequestOptions options = new RequestOptions().setMethod(HttpMethod.GET).setURI(uri);
    options.addHeader(MeshPaths.FROM_HEADER, SignatureHeaders.encodeValue(node.name()));
    return send(operation, address, options, Buffer.buffer(), maxBytes);
  }

  /** Sends a signed POST, and accepts status 200 only. */
  Future<RawResponse> post(Operation<?> operation, String address, String path, byte[] body) {
    boolean reconcile = path.equals(MeshPaths.RECONCILE);
    boolean binary = reconcile || path.equals(MeshPaths.FETCH);
    RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setURI(path);
    options.addHeader(HttpHeaders.CONTENT_TYPE, binary ? MeshPaths.OCTET_STREAM : MeshPaths.JSON);
    RequestSignature.sign(node.me(), nextSigningTime(), "POST", path).addTo(options.getHeaders());
    node.listenPort()
        .port()
        .ifPresent(port -> options.addHeader(MeshPaths.PORT_HEADER, Integer.toString(port)));
    int maxBytes = reconcile ? MeshLimits.RECONCILE_BYTES : node.config().maxAnswerBytes();
    return send(operation, address, options, Buffer.buffer(body), maxBytes)
        .compose(response -> requireOk(response, () -> unknownSenderAdvice(address)))
        .compose(
            response ->
                // A peer that replies with a page for people has not understood the message.
                reconcile
                        && !MeshPaths.OCTET_STREAM.equals(
                            response.headers().get(HttpHeaders.CONTENT_TYPE))
                    ? Future.failedFuture(
                        new MeshException(
                            MeshFailure.UNSUPPORTED, "the response is no reconciliation message"))
                    : Future.succeededFuture(response));
  }

  /**
   * Now, or a millisecond after the last request, so that no two have the same signature. A peer
   * may take a repeated one for a replay.
   */
  private Instant nextSigningTime() {
    long now = node.clock().millis();
    boolean repeated =
        now <= lastSignedMillis && lastSignedMillis - now < MeshLimits.SIGNED_AHEAD.toMillis();
    lastSignedMillis = repeated ? lastSignedMillis + 1 : now;
    return Instant.ofEpochMilli(lastSignedMillis);
  }

  private Future<RawResponse> send(
      Operation<?> operation, String address, RequestOptions options, Buffer body, int maxBytes) {
    Optional<PeerAddress> peer = PeerAddress.parse(address);
    if (peer.isEmpty()) {
      return Future.failedFuture(
          new MeshException(
              MeshFailure.UNREACHABLE, "'" + SafeText.excerpt(address) + "' is no address"));
    }
    if (peer.get().hasZone()) {
      return Future.failedFuture(
          new MeshException(
              MeshFailure.UNREACHABLE, peer.get() + " has a zone; give an address without one"));
    }
    if (node.config().gzip() && !peer.get().isLoopback()) {
      options.addHeader(HttpHeaders.ACCEPT_ENCODING, Gzip.CODING);
    }
    Exchange exchange = http.send(peer.get(), options, body, maxBytes, operation.stallTimeout());
    operation.onEnd(exchange::close);
    return exchange.future();
  }

  /** What to do when a peer does not know this node's key. */
  private String unknownSenderAdvice(String address) {
    String advice =
        "it cannot ask this node for its key: let it reach %s, where it asks, or add this node to"
            + " its discovery.peers";
    return node.config()
        .keyQueryFault(PeerAddress.hostOf(address))
        .orElseGet(
            () ->
                advice.formatted(
                    node.listenPort().port().stream()
                        .mapToObj(port -> "port " + port + " of this machine")
                        .findFirst()
                        .orElse("this machine")));
  }

  static Future<RawResponse> requireOk(RawResponse response) {
    return requireOk(response, () -> "");
  }

  /**
   * Fails for every other status.
   *
   * @param unknownSenderAdvice what to do when the peer does not know this node, or ""
   */
  private static Future<RawResponse> requireOk(
      RawResponse response, Supplier<String> unknownSenderAdvice) {
    if (response.status() == 200) {
      return Future.succeededFuture(response);
    }
    String text = new String(response.body(), StandardCharsets.UTF_8).strip();
    String reason =
        text.isEmpty()
            ? ""
            : ": "
                + (MeshPaths.isOfManagementPort(text) ? MANAGEMENT_PORT : SafeText.excerpt(text));
    String target = response.headers().get(HttpHeaders.LOCATION);
    if (response.status() / 100 == 3 && target != null) {
      return Future.failedFuture(
          new MeshException(
              MeshFailure.STATUS,
              "answers %d, a redirect to %s, which is not followed; give that address as the peer's"
                  .formatted(response.status(), SafeText.quoted(target))));
    }
    if (response.status() == 401 && text.contains(RequestSignature.UNKNOWN_SENDER)) {
      String advice = unknownSenderAdvice.get();
      reason += advice.isEmpty() ? "" : "; " + advice;
    }
    if (response.status() == 401 && text.contains(RequestSignature.OTHER_KEY)) {
      reason += "; " + OTHER_KEY_ADVICE;
    }
    MeshFailure failure =
        UNSUPPORTED_STATUSES.contains(response.status())
            ? MeshFailure.UNSUPPORTED
            : response.status() == 401 && text.contains(RequestSignature.OTHER_TIME)
                ? MeshFailure.CLOCK_SKEW
                : MeshFailure.STATUS;
    return Future.failedFuture(new MeshException(failure, "answers " + response.status() + reason));
  }
}
