package nara.soak;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncResponse;
import nara.testing.Citizen;

/**
 * Takes over names: hey-theres and newspapers of honest nodes with keys of its own, on the plaza
 * and in its answers. It also replays the signed requests that it gets to other nodes.
 */
final class Forger extends Adversary {
  private static final int MAX_REPLAYS = 20;

  private record Captured(String path, SignatureHeaders signed, byte[] body) {}

  private volatile Captured captured;

  Forger(String broker, List<SoakNode> victims) throws IOException {
    super("forger", "127.0.0.68", broker, victims);
  }

  @Override
  void attack(long round, SoakNode victim) throws InterruptedException {
    acted();
    Citizen impostor = Citizen.impostor(victim.name());
    long now = Event.unixNanos(Instant.now());
    plaza.publish("nara/plaza/hey_there", impostor.heyThere(now, address()));
    plaza.publish("nara/newspaper/" + victim.name(), plaza.newspaper(impostor, (int) round));
    plaza.publish("nara/plaza/social", impostor.tease(now, "forged-" + round));
    if (round % 20 == 0) {
      plaza.publish("nara/plaza/chau", impostor.chau(now));
    }
    Captured request = captured;
    for (int i = 0; request != null && i < MAX_REPLAYS; i++) {
      http.post(
          request.signed(),
          request.signed().name(),
          port(),
          "http://" + victim.meshAddress() + request.path(),
          request.body());
    }
    captured = null;
  }

  @Override
  void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    SignatureHeaders signed =
        new SignatureHeaders(
            header(exchange, SignatureHeaders.NAME),
            header(exchange, SignatureHeaders.TIMESTAMP),
            header(exchange, SignatureHeaders.SIGNATURE));
    if (!signed.signature().isEmpty() && path.equals(MeshPaths.SYNC)) {
      captured = new Captured(path, signed, body);
    }
    long now = Event.unixNanos(Instant.now());
    List<Event> forged = new ArrayList<>();
    for (SoakNode victim : victims) {
      Citizen impostor = Citizen.impostor(victim.name());
      forged.add(Citizen.read(impostor.heyThere(now, address())).event());
      forged.add(Citizen.read(impostor.tease(now, "forged")).event());
    }
    // Less than a piece, so the body is its first one.
    respond(
        exchange,
        200,
        SyncResponse.write(self.identity(), forged, Optional.empty(), now / 1_000_000_000)
            .pieces()
            .get(0));
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }
}
