package nara.mesh;

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
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Learned;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Peer;
import nara.reconcile.ItemId;
import nara.trust.Verifier;

/**
 * Speaks to peers over signed HTTP. Nothing of a peer is trusted: bodies are bounded and counted,
 * silence and lateness end an exchange, and an answer is verified twice before it is used: by its
 * headers, over the whole body, and by the signature inside, over the list of events.
 *
 * <p>Lives on one event loop, that of the verticle that owns it; hashing, unpacking and signatures
 * are done on workers. Failures are {@link MeshTrouble}.
 */
final class MeshClient {
  /** Tells a peer who pings. */
  private static final String FROM = "X-Nara-From";

  /**
   * Where, at the address that a request comes from, its sender answers pings, so that a peer that
   * does not know the sender's key can ask for it. An addition of ours: others pass over it.
   */
  static final String PORT = "X-Nara-Port";

  /** What a server says to a path or a method that it does not have. */
  private static final Set<Integer> ABSENT = Set.of(404, 405, 501);

  private final Vertx vertx;
  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final Verifier verifier;
  private final InstantSource clock;
  private final Listening listening;
  private final WorkerExecutor workers;

  private final HttpClient http;
  private final InFlight exchanges;
  private final InFlight pings;
  private final Set<Operation<?>> open = new LinkedHashSet<>();
  private boolean stopping;

  MeshClient(
      Vertx vertx,
      Identity me,
      Keyring keys,
      MeshConfig config,
      Verifier verifier,
      InstantSource clock,
      Listening listening,
      WorkerExecutor workers) {
    this.vertx = vertx;
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.verifier = verifier;
    this.clock = clock;
    this.listening = listening;
    this.workers = workers;
    this.http = vertx.createHttpClient(httpOptions(config), poolOptions(config));
    this.exchanges =
        new InFlight(config.maxInFlight(), config.maxInFlightPerPeer(), config.maxQueuedPerPeer());
    this.pings =
        new InFlight(
            MeshLimits.PINGS_AT_ONCE, config.maxInFlightPerPeer(), config.maxQueuedPerPeer());
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
  Future<Void> stop() {
    stopping = true;
    for (Operation<?> operation : List.copyOf(open)) {
      operation.fail(MeshFailure.STOPPING, "this node is stopping");
    }
    return http.shutdown(0, TimeUnit.SECONDS);
  }

  /** An answer that was verified, with what it cost. */
  record Verified<A>(A answer, long wireBytes, Duration took) {}

  /** Makes something of an answer that its headers' signature stands for. Not on an event loop. */
  @FunctionalInterface
  interface Reader<A> {
    A read(byte[] json, PublicKey key) throws MeshTrouble;
  }

  /**
   * Asks a peer for events, verifies the answer, and hands it on.
   *
   * @param patience how long the peer may bring nothing, or hardly anything
   * @param use what to do with a verified answer
   */
  <T> Future<T> sync(
      Peer peer,
      SyncRequest body,
      int mostEvents,
      Duration timeout,
      Duration patience,
      Function<Verified<SyncAnswer>, Future<T>> use) {
    return post(
        peer, "/events/sync", body.write(), timeout, patience, events(peer, mostEvents), use);
  }

  private Reader<SyncAnswer> events(Peer peer, int most) {
    return (json, key) -> {
      SyncAnswer answer = SyncAnswer.read(json, most);
      return verified(answer, answer.fault(peer.name(), key, verifier));
    };
  }

  /** Sends a peer a message of a reconciliation, and hands its answer on. */
  <T> Future<T> reconcile(
      Peer peer, byte[] message, Duration timeout, Function<Verified<byte[]>, Future<T>> use) {
    return post(peer, Comparing.RECONCILE, message, timeout, (answer, key) -> answer, use);
  }

  /** Asks a peer for the events with these hashes, and hands on what it gives. */
  <T> Future<T> fetch(
      Peer peer,
      List<ItemId> hashes,
      Duration timeout,
      Function<Verified<SyncAnswer>, Future<T>> use) {
    byte[] body = HashList.write(hashes);
    return post(peer, Comparing.FETCH, body, timeout, events(peer, hashes.size()), use);
  }

  /** Gives a peer our zine, verifies the one that it gives in return, and hands that on. */
  <T> Future<T> zine(
      Peer peer, byte[] mine, Duration timeout, Function<Verified<Zine>, Future<T>> use) {
    Reader<Zine> reader =
        (json, key) -> {
          Zine zine = Zine.read(json, Query.MOST);
          return verified(zine, zine.fault(peer.name(), key, verifier));
        };
    return post(peer, "/gossip/zine", mine, timeout, reader, use);
  }

  /** Sends a peer one signed event; the answer is whether it was new there. */
  Future<Boolean> message(Peer peer, byte[] event, Duration timeout) {
    return post(
        peer,
        "/dm",
        event,
        timeout,
        (json, key) -> JsonFields.of(json).truth("success"),
        taken -> Future.succeededFuture(taken.answer()));
  }

  private static <A> A verified(A answer, Optional<String> fault) throws MeshTrouble {
    if (fault.isPresent()) {
      throw new MeshTrouble(MeshFailure.BAD_SIGNATURE, fault.get());
    }
    return answer;
  }

  /**
   * Posts to a peer, signed, verifies the answer by its headers, and hands it on. The operation
   * ends with what is made of the answer; only the peer's part stands under the timeout.
   *
   * @param reader what verifies the rest, on a worker
   * @param use what to do with a verified answer
   */
  <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      Reader<A> reader,
      Function<Verified<A>, Future<T>> use) {
    return post(peer, path, body, timeout, config.stall(), reader, use);
  }

  private <A, T> Future<T> post(
      Peer peer,
      String path,
      byte[] body,
      Duration timeout,
      Duration patience,
      Reader<A> reader,
      Function<Verified<A>, Future<T>> use) {
    return operate(
        exchanges,
        peer.address(),
        timeout,
        patience,
        operation ->
            keyOf(operation, peer)
                .compose(
                    key ->
                        post(operation, peer, path, body)
                            .compose(answer -> verified(answer, peer.name(), key, reader)))
                .compose(
                    verified -> {
                      operation.withoutDeadline();
                      return use.apply(verified);
                    }));
  }

  /** Asks a peer for a page of its checkpoint list, which nobody signs, and hands it on. */
  <T> Future<T> checkpoints(
      Peer peer,
      int offset,
      int limit,
      Duration timeout,
      Function<Verified<CheckpointList>, Future<T>> use) {
    String uri = "/api/checkpoints/all?limit=" + limit + "&offset=" + offset;
    return operate(
        exchanges,
        peer.address(),
        timeout,
        operation ->
            get(operation, peer.address(), uri, config.maxAnswerBytes())
                .compose(answer -> readList(answer, peer.name()))
                .compose(
                    list -> {
                      operation.withoutDeadline();
                      return use.apply(list);
                    }));
  }

  /** Who is at an address. The key is not learned here. */
  Future<Verified<PingAnswer>> ping(String address, Duration timeout) {
    return operate(pings, address, timeout, operation -> ping(operation, address));
  }

  /** What a peer says of somebody's key. */
  sealed interface Hearsay {
    /** It knows. */
    record Told(PeerQueryAnswer answer) implements Hearsay {}

    /** It names somebody else to ask. */
    record AskOther(String name) implements Hearsay {}

    /** It knows nobody. */
    record Nothing() implements Hearsay {}
  }

  /** Asks one peer who has a name's key; redirects are handed on, not followed. */
  Future<Hearsay> whoIs(Peer peer, String target, List<String> asked, Duration timeout) {
    String uri =
        "/peer/query?target="
            + encoded(target)
            + (asked.isEmpty() ? "" : "&asked=" + encoded(String.join(",", asked)));
    return operate(
        exchanges,
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
                    MeshLimits.SMALL_ANSWER_BYTES)
                .compose(answer -> attempt(() -> hearsay(answer, target))));
  }

  private static Hearsay hearsay(Exchange.Answer answer, String target) throws MeshTrouble {
    return switch (answer.status()) {
      case 200 ->
          new Hearsay.Told(
              PeerQueryAnswer.read(answer.unpacked(MeshLimits.SMALL_ANSWER_BYTES), target));
      case 307 -> {
        String other = SignedHeaders.received(answer.headers().get(PeerQueryAnswer.REDIRECT));
        yield other.isEmpty() ? new Hearsay.Nothing() : new Hearsay.AskOther(other);
      }
      case 404 -> new Hearsay.Nothing();
      default -> throw refused(answer);
    };
  }

  private Future<PublicKey> keyOf(Operation<?> operation, Peer peer) {
    Optional<PublicKey> known = keys.byName(peer.name());
    return known.isPresent()
        ? Future.succeededFuture(known.get())
        : ping(operation, peer.address())
            .compose(pong -> attempt(() -> learn(peer, pong.answer())));
  }

  private PublicKey learn(Peer peer, PingAnswer pong) throws MeshTrouble {
    if (!pong.from().equals(peer.name())) {
      throw new MeshTrouble(
          MeshFailure.BAD_SIGNATURE,
          "at %s answers %s, not %s"
              .formatted(
                  Event.excerpt(peer.address()),
                  Event.excerpt(pong.from()),
                  Event.excerpt(peer.name())));
    }
    Learned learned = keys.learn(peer.name(), "", pong.key(), Origin.PING);
    return keys.byName(peer.name())
        .orElseThrow(
            () ->
                new MeshTrouble(
                    MeshFailure.BAD_SIGNATURE,
                    "the key of %s was not taken: %s"
                        .formatted(Event.excerpt(peer.name()), learned)));
  }

  private Future<Verified<PingAnswer>> ping(Operation<?> operation, String address) {
    return get(operation, address, "/ping", MeshLimits.SMALL_ANSWER_BYTES)
        .compose(
            answer ->
                attempt(
                    () ->
                        new Verified<>(
                            PingAnswer.read(answer.unpacked(MeshLimits.SMALL_ANSWER_BYTES)),
                            answer.body().length,
                            answer.took())));
  }

  private Future<Exchange.Answer> post(
      Operation<?> operation, Peer peer, String path, byte[] body) {
    return exchange(
            operation,
            peer.address(),
            HttpMethod.POST,
            path,
            Buffer.buffer(body),
            path,
            path.equals(Comparing.RECONCILE) ? MeshLimits.RECONCILE_BYTES : config.maxAnswerBytes())
        .compose(MeshClient::good)
        .compose(answer -> ofItsKind(path, answer));
  }

  /** Who gives a page to look at in return for a message has not understood it. */
  private static Future<Exchange.Answer> ofItsKind(String path, Exchange.Answer answer) {
    return path.equals(Comparing.RECONCILE)
            && !Reply.OCTETS.equals(answer.headers().get(HttpHeaders.CONTENT_TYPE))
        ? Future.failedFuture(
            new MeshTrouble(MeshFailure.UNSUPPORTED, "answers with something else than a message"))
        : Future.succeededFuture(answer);
  }

  private Future<Exchange.Answer> get(
      Operation<?> operation, String address, String uri, int mostBytes) {
    return exchange(operation, address, HttpMethod.GET, uri, Buffer.buffer(), "", mostBytes)
        .compose(MeshClient::good);
  }

  /**
   * One exchange.
   *
   * @param signedPath the path to sign for, or empty for a request that nobody checks
   */
  private Future<Exchange.Answer> exchange(
      Operation<?> operation,
      String address,
      HttpMethod method,
      String uri,
      Buffer body,
      String signedPath,
      int mostBytes) {
    Optional<PeerAddress> peer = PeerAddress.parse(address);
    if (peer.isEmpty()) {
      return Future.failedFuture(
          new MeshTrouble(
              MeshFailure.UNREACHABLE, "'" + Event.excerpt(address) + "' is no address"));
    }
    RequestOptions options =
        new RequestOptions()
            .setHost(peer.get().host())
            .setPort(peer.get().port())
            .setMethod(method)
            .setURI(uri);
    if (signedPath.isEmpty()) {
      options.addHeader(FROM, SignedHeaders.sent(me.name()));
    } else {
      options.addHeader(HttpHeaders.CONTENT_TYPE.toString(), contentType(signedPath));
      RequestSignature.sign(me, clock.instant(), method.name(), signedPath)
          .putInto(options.getHeaders());
      listening.port().ifPresent(port -> options.addHeader(PORT, Integer.toString(port)));
    }
    if (config.gzip() && !peer.get().loopback()) {
      options.addHeader("Accept-Encoding", Gzip.CODING);
    }
    return Exchange.run(vertx, http, clock, operation, options, body, mostBytes);
  }

  private <A> Future<Verified<A>> verified(
      Exchange.Answer answer, String name, PublicKey key, Reader<A> reader) {
    return onWorker(
        () -> {
          byte[] json = answer.unpacked(config.maxAnswerBytes());
          verified(
              json,
              ResponseSignature.fault(
                  SignedHeaders.of(answer.headers()),
                  json,
                  name,
                  key,
                  answer.received(),
                  verifier));
          return new Verified<>(reader.read(json, key), answer.body().length, answer.took());
        });
  }

  private Future<Verified<CheckpointList>> readList(Exchange.Answer answer, String name) {
    return onWorker(
        () -> {
          CheckpointList list = CheckpointList.read(answer.unpacked(config.maxAnswerBytes()));
          if (!list.server().equals(name)) {
            throw new MeshTrouble(
                MeshFailure.BAD_SIGNATURE,
                Event.excerpt(name)
                    + " was asked, the list is from "
                    + Event.excerpt(list.server()));
          }
          return new Verified<>(list, answer.body().length, answer.took());
        });
  }

  private static Future<Exchange.Answer> good(Exchange.Answer answer) {
    return answer.status() == 200
        ? Future.succeededFuture(answer)
        : Future.failedFuture(refused(answer));
  }

  private static String contentType(String path) {
    return path.equals(Comparing.RECONCILE) || path.equals(Comparing.FETCH)
        ? Reply.OCTETS
        : "application/json";
  }

  private static MeshTrouble refused(Exchange.Answer answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
    boolean absent = ABSENT.contains(answer.status());
    return new MeshTrouble(
        absent ? MeshFailure.UNSUPPORTED : MeshFailure.STATUS,
        "answers " + answer.status() + (text.isEmpty() ? "" : ": " + Event.excerpt(text)));
  }

  private <T> Future<T> operate(
      InFlight room, String peer, Duration timeout, Function<Operation<T>, Future<T>> work) {
    return operate(room, peer, timeout, config.stall(), work);
  }

  private <T> Future<T> operate(
      InFlight room,
      String peer,
      Duration timeout,
      Duration patience,
      Function<Operation<T>, Future<T>> work) {
    Operation<T> operation = new Operation<>(vertx, timeout, patience);
    if (stopping) {
      operation.fail(MeshFailure.STOPPING, "this node is stopping");
      return operation.future();
    }
    open.add(operation);
    operation.onEnd(() -> open.remove(operation));
    room.enter(
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

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
