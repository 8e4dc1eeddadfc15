package nara.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nara.event.Service;
import nara.mqtt.TestPlazaNode;
import nara.mqtt.wire.PlazaEncoder;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private final ManualScheduler time = new ManualScheduler(Instant.parse("2026-11-01T00:00:00Z"));
  private final List<Service> merged = new ArrayList<>();
  private final Announcer announcer =
      new Announcer(
          time,
          TestPlazaNode.config(""),
          null,
          new PlazaEncoder(Citizen.named("lisa").identity()),
          event -> {
            merged.add(Citizen.read(event).event().service());
            return Future.succeededFuture();
          });

  @Test
  void node_is_not_announced_after_chau() {
    announcer.announce("h:1");
    time.advance(Duration.ofMinutes(1));
    announcer.announce("h:1");
    announcer.goodbye();
    time.advance(Duration.ofMinutes(1));
    announcer.announce("h:1");

    assertThat(merged).containsExactly(Service.HEY_THERE, Service.HEY_THERE, Service.CHAU);
  }
}
