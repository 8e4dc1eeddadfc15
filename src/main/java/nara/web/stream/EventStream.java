package nara.web.stream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.ledger.InspectionRequest;
import nara.ledger.LedgerNotification;
import nara.mesh.wire.AddressPolicy;
import nara.web.http.ReadRoutes;
import nara.web.http.Reply;
import nara.web.stream.Frame.SkipReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /events}: every event that this node's ledger takes, as it takes it. While nobody listens,
 * the ledger tells nothing. Lives on one event loop.
 */
public final class EventStream {
  private static final String PATH = "/events";

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final long SECOND_MILLIS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final String server;
  private final int maxEventsPerSecond;
  private final KeptFrames kept;

  /** With the address of each, the oldest first. */
  private final Map<HttpServerResponse, String> clients = new LinkedHashMap<>();

  /** Those that wait until the ledger tells its additions. */
  private final Map<HttpServerResponse, String> connecting = new LinkedHashMap<>();

  private boolean watching;
  private Future<?> watchBegun = Future.succeededFuture();
  private long runs;
  private int shownThisSecond;
  private long skipped;
  private long lastKeepAliveMillis;
  private long emptySinceMillis;
  private long timer = -1;

  /**
   * @param server this node's name
   * @param start a number that differs between runs of the node, such as its time
   */
  public EventStream(Vertx vertx, String server, long start) {
    this(vertx, server, start, StreamLimits.MAX_EVENTS_PER_SECOND);
  }

  EventStream(Vertx vertx, String server, long start, int maxEventsPerSecond) {
    this.maxEventsPerSecond = maxEventsPerSecond;
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
    this.server = server;
    this.runs = start;
    this.kept = new KeptFrames(run(), StreamLimits.MAX_KEPT_BYTES);
    bus.subscribe(LedgerNotification.ADDRESS, LedgerNotification.class, this::onNotification);
  }

  public void addTo(ReadRoutes routes) {
    routes.handle(PATH, this::onClient);
  }

  /** Whether a request is for the stream. The router ignores a slash at the end. */
  public static boolean isPath(RoutingContext context) {
    String path = context.normalizedPath();
    return path.equals(PATH) || path.equals(PATH + '/');
  }

  /** Clients that are connected or about to be. */
  public int clientCount() {
    return clients.size() + connecting.size();
  }

  private String run() {
    return Long.toString(runs, Character.MAX_RADIX);
  }

  private void onClient(RoutingContext context) {
    String address = context.request().remoteAddress().hostAddress();
    if (!AddressPolicy.isLoopback(address)
        && clientsAt(address) >= StreamLimits.MAX_CLIENTS_PER_ADDRESS) {
      context.response().putHeader("Retry-After", "30");
      Reply.error(context, 503, "too many clients at your address read the events; close one");
      return;
    }
    if (clientCount() >= StreamLimits.MAX_CLIENTS) {
      cutOldest();
    }
    HttpServerResponse response = context.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream; charset=utf-8")
        .putHeader("Cache-Control", "no-cache")
        .putHeader("X-Accel-Buffering", "no")
        .setWriteQueueMaxSize(StreamLimits.MAX_QUEUED_BYTES);
    response.closeHandler(closed -> remove(response));
    response.exceptionHandler(failure -> remove(response));
    connecting.put(response, address);
    String lastId = context.request().getHeader("Last-Event-ID");
    watch().onComplete(watched -> connect(response, lastId));
  }

  /** From the first frame on, no event is missed: the ledger tells them already, if it is there. */
  private void connect(HttpServerResponse response, String lastId) {
    String address = connecting.remove(response);
    if (address == null) {
      return;
    }
    write(response, bytes(Frame.connected(server)));
    if (lastId != null) {
      replay(response, lastId);
    }
    clients.put(response, address);
  }

  private long clientsAt(String address) {
    return addresses().filter(address::equals).count();
  }

  private Stream<String> addresses() {
    return Stream.concat(clients.values().stream(), connecting.values().stream());
  }

  /** Closes the oldest client to make room. An active client reconnects by itself. */
  private void cutOldest() {
    Map<String, Long> byAddress =
        addresses().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
    long most = Collections.max(byAddress.values());
    Stream.concat(clients.entrySet().stream(), connecting.entrySet().stream())
        .filter(client -> byAddress.get(client.getValue()) == most)
        .map(Map.Entry::getKey)
        .findFirst()
        .ifPresent(this::cut);
  }

  private void cut(HttpServerResponse response) {
    remove(response);
    response.reset();
  }

  private void replay(HttpServerResponse response, String lastId) {
    switch (kept.after(lastId)) {
      case KeptFrames.Replay.Following following -> write(response, following.frames());
      case KeptFrames.Replay.Gap gap -> {
        // Its id is the client's own: nothing that it has seen is new.
        write(response, bytes(Frame.skipped(lastId, gap.missing(), SkipReason.GONE)));
        write(response, gap.frames());
      }
      case KeptFrames.Replay.OtherRun other ->
          write(response, bytes(Frame.skipped(kept.lastId(), null, SkipReason.RESTART)));
    }
  }

  private void write(HttpServerResponse response, List<byte[]> frames) {
    Buffer all = Buffer.buffer();
    frames.forEach(all::appendBytes);
    if (all.length() > 0) {
      response.write(all);
    }
  }

  private static byte[] bytes(String frame) {
    return frame.getBytes(StandardCharsets.UTF_8);
  }

  private void remove(HttpServerResponse response) {
    connecting.remove(response);
    clients.remove(response);
    emptySinceMillis = millis();
  }

  /** Lets the ledger tell its additions, and starts the timer. */
  private Future<?> watch() {
    if (timer < 0) {
      lastKeepAliveMillis = millis();
      timer = vertx.setPeriodic(SECOND_MILLIS, second -> onSecond());
    }
    if (!watching) {
      watching = true;
      watchBegun = tellLedger(true);
    }
    return watchBegun;
  }

  private Future<?> tellLedger(boolean watched) {
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.WatchAdditions(watched),
            Timeouts.STATUS)
        // The ledger starts after this port: the next second tries again.
        .onFailure(absent -> watching = false);
  }

  private void onSecond() {
    shownThisSecond = 0;
    if (skipped > 0) {
      long count = skipped;
      skipped = 0;
      send(kept.add(id -> bytes(Frame.skipped(id, count, SkipReason.RATE))));
    }
    long now = millis();
    if (now - lastKeepAliveMillis >= StreamLimits.KEEP_ALIVE.toMillis()) {
      lastKeepAliveMillis = now;
      send(bytes(Frame.keepAlive()));
    }
    if (!clients.isEmpty() || !connecting.isEmpty()) {
      watch();
    } else if (now - emptySinceMillis >= StreamLimits.LINGER.toMillis()) {
      vertx.cancelTimer(timer);
      timer = -1;
      watching = false;
      tellLedger(false);
      // What comes from now on is in no frame, so no client may continue from here.
      runs++;
      kept.restart(run());
    }
  }

  private void onNotification(LedgerNotification notification) {
    switch (notification) {
      case LedgerNotification.EventsAdded added -> onAdded(added.events());
    }
  }

  private void onAdded(List<Event> events) {
    if (timer < 0) {
      return;
    }
    for (Event event : events) {
      if (shownThisSecond < maxEventsPerSecond) {
        shownThisSecond++;
        send(kept.add(id -> bytes(Frame.event(id, event))));
      } else {
        skipped++;
      }
    }
  }

  private void send(byte[] frame) {
    for (HttpServerResponse response : List.copyOf(clients.keySet())) {
      write(response, frame);
    }
  }

  private void write(HttpServerResponse response, byte[] frame) {
    if (response.writeQueueFull()) {
      LOG.debug("Cut a client of the events: it reads too slowly");
      cut(response);
    } else if (!response.ended() && !response.closed()) {
      response.write(Buffer.buffer(frame));
    }
  }

  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}
