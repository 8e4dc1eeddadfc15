package nara.soak;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import nara.event.Event;
import nara.mesh.wire.PingResponse;
import nara.testing.Citizen;
import nara.testing.MqttPublisher;

/**
 * A hostile peer with an address and a key of its own. It answers pings, announces itself on the
 * plaza like anybody, and in every round does what its kind does.
 */
abstract class Adversary implements AutoCloseable {
  private static final long PAUSE_MILLIS = 500;

  final Citizen self;
  final String host;
  final Http http;
  final MqttPublisher plaza;
  final SplittableRandom random;
  final List<SoakNode> victims;
  private final HttpServer server;
  private final AtomicLong actions = new AtomicLong();
  private volatile boolean closed;

  Adversary(String name, String host, String broker, List<SoakNode> victims) throws IOException {
    this.self = Citizen.named(name);
    this.host = host;
    this.http = new Http(host);
    this.plaza = new MqttPublisher(broker);
    this.random = new SplittableRandom(name.hashCode());
    this.victims = victims;
    this.server = HttpServer.create(new InetSocketAddress(host, 0), 64);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::onRequest);
    server.start();
  }

  final void start() {
    Thread.ofPlatform().daemon().name("adversary-" + self.name()).start(this::loop);
  }

  private void loop() {
    for (long round = 0; !closed; round++) {
      try {
        if (round % 40 == 0) {
          plaza.publish(
              "nara/plaza/hey_there", self.heyThere(Event.unixNanos(Instant.now()), address()));
        }
        attack(round, victims.get(random.nextInt(victims.size())));
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException stopped) {
        return;
      } catch (IOException | RuntimeException refused) {
        // A victim that hangs up is what an adversary must expect; it goes on with the next one.
        actions.incrementAndGet();
      }
    }
  }

  /** One round against one node. */
  abstract void attack(long round, SoakNode victim) throws IOException, InterruptedException;

  /** Answers a request that is not a ping. */
  abstract void answer(HttpExchange exchange) throws IOException, InterruptedException;

  private void onRequest(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().equals("/ping")) {
        respond(exchange, 200, PingResponse.write(self.identity(), address(), Instant.now()));
      } else {
        acted();
        answer(exchange);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  final void acted() {
    actions.incrementAndGet();
  }

  /** Hostile acts so far. */
  final long actions() {
    return actions.get();
  }

  final String address() {
    return host + ":" + server.getAddress().getPort();
  }

  final int port() {
    return server.getAddress().getPort();
  }

  final boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    server.stop(0);
    http.close();
    plaza.close();
  }
}
