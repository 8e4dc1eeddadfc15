package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import nara.event.Event;
import org.junit.jupiter.api.Test;

class LastContactsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  private final LastContacts contacts = new LastContacts();

  @Test
  void an_absence_of_72_hours_is_fetched_from_its_beginning() {
    contacts.recordHeldUntil("lisa", ago(72));
    assertThat(contacts.fetchFrom("lisa", Set.of(), NOW)).isEqualTo(ago(73));
  }

  @Test
  void a_neighbour_that_was_never_asked_is_asked_from_the_last_contact_of_a_configured_one_on() {
    Set<String> configured = Set.of("lisa");
    assertThat(contacts.fetchFrom("moe", configured, NOW)).isEqualTo(ago(24));
    contacts.recordHeldUntil("lisa", ago(72));
    contacts.recordHeldUntil("mallory", ago(0));
    assertThat(contacts.fetchFrom("moe", configured, NOW)).isEqualTo(ago(96));
  }

  @Test
  void a_configured_peer_that_was_never_asked_is_asked_from_the_start() {
    contacts.recordHeldUntil("mallory", ago(0));
    contacts.recordHeldUntil("lisa", ago(2));
    assertThat(contacts.fetchFrom("moe", Set.of("lisa", "moe"), NOW)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void an_older_contact_does_not_replace_a_newer_one() {
    contacts.recordHeldUntil("lisa", ago(2));
    contacts.recordHeldUntil("lisa", ago(9));
    assertThat(contacts.fetchFrom("lisa", Set.of(), NOW)).isEqualTo(ago(3));
  }

  private static long ago(int hours) {
    return Event.unixNanos(NOW.minus(Duration.ofHours(hours)));
  }
}
