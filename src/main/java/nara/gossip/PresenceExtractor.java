package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.identity.PublicKey;
import nara.presence.Presence;

/**
 * Extracts presence from the announcements and goodbyes that enter the ledger, so that naras find
 * each other without a broker. The newest event of each nara decides, in any order of arrival.
 */
final class PresenceExtractor {
  /**
   * An older announcement does not prove that its emitter is online; it still has the address. An
   * older goodbye does not prove that it is offline.
   */
  static final Duration MAX_ANNOUNCEMENT_AGE = Duration.ofHours(1);

  /** A nara may still respond for this time after its goodbye, while it stops. */
  static final Duration MAX_STOP_TIME = Duration.ofSeconds(30);

  /** As many as discovery keeps neighbours. */
  private static final int MAX_NARAS = 10_000;

  private final String me;
  private final Map<String, Newest> newestByName = BoundedMap.lru(MAX_NARAS);

  /** The newest announcement or goodbye of a nara. */
  private record Newest(long ts, boolean isGoodbye) {}

  PresenceExtractor(String me) {
    this.me = me;
  }

  /** {@code imported} announcements tell addresses, but not that their emitters are online. */
  List<Presence> extract(List<Event> events, boolean imported, Instant now) {
    // The newest one of each nara. An announcement before a goodbye would cause a ping, and the
    // nara may still respond while it stops.
    Map<String, Presence> extracted = new LinkedHashMap<>();
    for (Event event : events) {
      Presence presence = presence(event, imported, now);
      if (presence != null
          && !presence.name().equals(me)
          && recordIfNewer(
              presence.name(), new Newest(event.ts(), event.payload() instanceof Chau))) {
        extracted.remove(presence.name());
        extracted.put(presence.name(), presence);
      }
    }
    return List.copyOf(extracted.values());
  }

  private static Presence presence(Event event, boolean imported, Instant now) {
    return switch (event.payload()) {
      case HeyThere hello ->
          new Presence.Online(
              hello.from(),
              hello.id(),
              hello.meshIp(),
              PublicKey.parse(hello.publicKey()),
              !imported && isRecent(event, now),
              true);
      case Chau goodbye ->
          isRecent(event, now)
              ? new Presence.Offline(goodbye.from(), false, Instant.ofEpochSecond(0, event.ts()))
              : null;
      case Social social -> null;
      case Ping ping -> null;
      case Observation observation -> null;
      case Seen seen -> null;
      case Checkpoint checkpoint -> null;
    };
  }

  private static boolean isRecent(Event event, Instant now) {
    return event.ts() > Event.unixNanos(now.minus(MAX_ANNOUNCEMENT_AGE));
  }

  private boolean recordIfNewer(String name, Newest newest) {
    Newest before = newestByName.get(name);
    if (before != null && before.ts() >= newest.ts()) {
      return false;
    }
    newestByName.put(name, newest);
    return true;
  }

  /** Whether a nara that responds may still be stopping. */
  boolean mayBeStopping(String name, Instant now) {
    Newest newest = newestByName.get(name);
    return newest != null
        && newest.isGoodbye()
        && newest.ts() > Event.unixNanos(now.minus(MAX_STOP_TIME));
  }
}
