package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nara.event.Service;
import nara.testing.Citizen;
import nara.testing.HandTime;
import org.junit.jupiter.api.Test;

class AnnouncingTest {
  private final HandTime time = new HandTime(Instant.parse("2026-11-01T00:00:00Z"));
  private final List<Service> merged = new ArrayList<>();
  private final Announcing announcing =
      new Announcing(
          time,
          PlazaNode.config(""),
          null,
          new Voice(Citizen.named("lisa").identity()),
          event -> {
            merged.add(Citizen.read(event).event().service());
            return Future.succeededFuture();
          });

  @Test
  void who_has_said_goodbye_is_not_announced_any_more() {
    announcing.announce("h:1");
    time.advance(Duration.ofMinutes(1));
    announcing.announce("h:1");
    announcing.goodbye();
    time.advance(Duration.ofMinutes(1));
    announcing.announce("h:1");

    assertThat(merged).containsExactly(Service.HEY_THERE, Service.HEY_THERE, Service.CHAU);
  }
}
