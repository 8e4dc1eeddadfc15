package nara.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import nara.event.Event;
import nara.ledger.Query;
import nara.mesh.wire.Body;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.node.Blocking;

/**
 * A neighbour with an identity and events of its own, which answers pings and queries as a test
 * wants it: it signs whatever it says.
 */
public final class ScriptedPeer implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final Citizen me;
  private final List<Event> ledger;
  private final String host;
  private final HttpServer server;
  private final AtomicInteger queries = new AtomicInteger();
  private volatile BiFunction<Query, List<Event>, List<Event>> alteration =
      (query, answer) -> answer;
  private volatile Predicate<Query> refused = query -> false;
  private volatile Predicate<Query> silence = query -> false;

  /** A peer that holds these events. */
  public ScriptedPeer(String name, List<byte[]> events) {
    this(name, events, "127.0.0.1");
  }

  /** The same at another address of this machine. */
  public ScriptedPeer(String name, List<byte[]> events, String host) {
    this(name, events, host, 0);
  }

  /** The same at that port. */
  public ScriptedPeer(String name, List<byte[]> events, String host, int port) {
    this.me = Citizen.named(name);
    this.ledger = new ArrayList<>(events.stream().map(json -> event(json)).toList());
    this.ledger.sort(Comparator.comparingLong(Event::ts));
    this.host = host;
    this.server =
        Blocking.await(
            vertx.createHttpServer().requestHandler(this::onRequest).listen(port, host), TIMEOUT);
  }

  /** The event, whatever its signature is worth. */
  public static Event event(byte[] json) {
    return Citizen.read(json).event();
  }

  /** Changes the events of each answer. */
  public ScriptedPeer altering(BiFunction<Query, List<Event>, List<Event>> how) {
    alteration = how;
    return this;
  }

  /** Answers these queries with 404. */
  public ScriptedPeer refusing(Predicate<Query> which) {
    refused = which;
    return this;
  }

  /** Never answers these queries. */
  public ScriptedPeer silentTo(Predicate<Query> which) {
    silence = which;
    return this;
  }

  /** {@code name@host:port}, as a peer is configured. */
  public String configuredPeer() {
    return me.name() + "@" + host + ":" + server.actualPort();
  }

  /** Its events as text. */
  public List<String> texts() {
    return ledger.stream().map(ScriptedPeer::text).toList();
  }

  /** The queries that came. */
  public int queries() {
    return queries.get();
  }

  private void onRequest(HttpServerRequest request) {
    if (request.path().equals("/ping")) {
      byte[] pong = PingResponse.write(me.identity(), "", Instant.now());
      request.response().end(Buffer.buffer(pong));
    } else if (request.path().equals("/events/sync")) {
      request.body().onSuccess(body -> onQuery(request, body.getBytes()));
    } else {
      request.response().setStatusCode(404).end("404 page not found\n");
    }
  }

  private void onQuery(HttpServerRequest request, byte[] body) {
    queries.incrementAndGet();
    Query query;
    try {
      query = SyncRequest.read(body).toQuery(me.name(), Instant.now().getEpochSecond());
    } catch (Exception unreadable) {
      request.response().setStatusCode(400).end(unreadable.toString());
      return;
    }
    if (refused.test(query)) {
      request.response().setStatusCode(404).end("404 page not found\n");
    } else if (!silence.test(query)) {
      answer(request, query);
    }
  }

  private void answer(HttpServerRequest request, Query query) {
    List<Event> passing =
        query.filter().services().isEmpty()
            ? ledger
            : ledger.stream()
                .filter(e -> query.filter().services().contains(e.payload().service().wireName()))
                .toList();
    List<Event> answer =
        switch (query) {
          case Query.Page page -> after(passing, page.after()).stream().limit(page.size()).toList();
          case Query.Slice slice -> slice(after(passing, slice.after()), slice);
          case Query.Sample sample -> passing.stream().limit(sample.size()).toList();
          case Query.Recent recent ->
              passing.subList(Math.max(0, passing.size() - recent.limit()), passing.size());
        };
    Optional<Long> cursor =
        query instanceof Query.Page page && answer.size() == page.size()
            ? Optional.of(answer.getLast().ts())
            : Optional.empty();
    List<Event> altered = alteration.apply(query, answer);
    Body response =
        SyncResponse.write(me.identity(), altered, cursor, Instant.now().getEpochSecond());
    ResponseSignature.sign(me.identity(), Instant.now(), response)
        .addTo(request.response().headers());
    Buffer bytes = Buffer.buffer(response.length());
    response.pieces().forEach(bytes::appendBytes);
    request.response().putHeader("Content-Type", "application/json").end(bytes);
  }

  private static List<Event> after(List<Event> events, long cursor) {
    return events.stream().filter(event -> event.ts() > cursor).toList();
  }

  private static List<Event> slice(List<Event> events, Query.Slice slice) {
    List<Event> kept = new ArrayList<>();
    for (int i = slice.index(); i < events.size(); i += slice.total()) {
      kept.add(events.get(i));
    }
    return kept.subList(Math.max(0, kept.size() - slice.maxEvents()), kept.size());
  }

  /** The event as text. */
  public static String text(Event event) {
    return new String(event.json(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    Blocking.await(vertx.close(), TIMEOUT);
  }
}
