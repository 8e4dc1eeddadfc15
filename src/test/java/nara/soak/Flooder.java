package nara.soak;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Social;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.Zine;
import nara.testing.Citizen;

/**
 * Floods by zine: unsigned restarts of invented observers, events signed by fifty keys of its own,
 * and events in honest names that it signed itself. As a neighbour it answers with the same.
 */
final class Flooder extends Adversary {
  private static final int EVENTS = 100;
  private static final int PUPPETS = 50;
  private static final int FAT_CHARACTERS = 900;

  private final List<Citizen> puppets = new ArrayList<>();
  private long serial;

  Flooder(String broker, List<SoakNode> victims) throws IOException {
    super("flooder", "127.0.0.66", broker, victims);
    for (int i = 0; i < PUPPETS; i++) {
      puppets.add(Citizen.named("puppet-" + i));
    }
  }

  @Override
  void attack(long round, SoakNode victim) throws InterruptedException {
    acted();
    byte[] zine = Zine.write(self.identity(), events(), Instant.now().getEpochSecond());
    http.post(self.identity(), port(), "http://" + victim.meshAddress() + MeshPaths.ZINE, zine);
  }

  @Override
  void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    respond(exchange, 200, Zine.write(self.identity(), events(), Instant.now().getEpochSecond()));
  }

  private synchronized List<Event> events() {
    List<Event> events = new ArrayList<>();
    // Their keys become known, so that what they sign is valid.
    Citizen known = puppets.get((int) (serial % PUPPETS));
    events.add(Citizen.read(known.heyThere(Event.unixNanos(Instant.now()), address())).event());
    for (int i = 0; i < EVENTS; i++) {
      long ts = Event.unixNanos(Instant.now()) - random.nextLong(60_000_000_000L);
      Citizen puppet = puppets.get(random.nextInt(PUPPETS));
      String honest = victims.get(random.nextInt(victims.size())).name();
      byte[] json =
          switch (random.nextInt(5)) {
            case 0 -> Citizen.unsigned(ts, restart("ghost-" + serial++, honest));
            case 1 -> puppet.signed(ts, restart(puppet.name(), honest));
            case 2 -> self.signed(ts, tease(self.name(), honest));
            case 3 -> puppet.signed(ts, tease(puppet.name(), honest));
            default -> Citizen.impostor(honest).signed(ts, tease(honest, puppet.name()));
          };
      events.add(Citizen.read(json).event());
    }
    return events;
  }

  private Payload restart(String observer, String subject) {
    return new Observation(
        observer,
        "",
        subject,
        "",
        Observation.RESTART,
        3,
        false,
        1_700_000_000,
        serial++,
        1_800_000_000,
        "",
        "",
        0);
  }

  private Payload tease(String actor, String target) {
    String reason = random.nextInt(10) == 0 ? "x".repeat(FAT_CHARACTERS) : "forged " + serial++;
    return new Social("tease", actor, "", target, "", reason, "");
  }
}
