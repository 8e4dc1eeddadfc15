package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.BoundedMap;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.identity.PublicKey;
import nara.presence.Presence;

/**
 * What announcements in the ledger say of who is there, so that naras find each other without a
 * plaza. Of each nara the newest word counts, in whatever order they come.
 */
final class PresenceExtractor {
  /**
   * Up to this age an announcement says that its maker is there; an older one only where it was.
   */
  static final Duration MAX_ANNOUNCEMENT_AGE = Duration.ofHours(1);

  /** Naras whose last word is remembered; over it the ones longest not heard of go. */
  private static final int MAX_NARAS = 10_000;

  private final String me;
  private final Map<String, Long> newestTsByName = BoundedMap.lru(MAX_NARAS);

  PresenceExtractor(String me) {
    this.me = me;
  }

  /** Who came and who went, by these events. */
  List<Presence> extract(List<Event> events, Instant now) {
    List<Presence> extracted = new ArrayList<>();
    for (Event event : events) {
      presence(event, now)
          .filter(news -> recordIfNewer(news.name(), event.ts()))
          .ifPresent(extracted::add);
    }
    return extracted;
  }

  private Optional<Presence> presence(Event event, Instant now) {
    Presence presence =
        switch (event.payload()) {
          case HeyThere hello ->
              new Presence.Online(
                  hello.from(),
                  hello.id(),
                  hello.meshIp(),
                  PublicKey.parse(hello.publicKey()),
                  event.ts() > Event.unixNanos(now.minus(MAX_ANNOUNCEMENT_AGE)));
          case Chau goodbye -> new Presence.Offline(goodbye.from());
          default -> null;
        };
    return Optional.ofNullable(presence).filter(news -> !news.name().equals(me));
  }

  private boolean recordIfNewer(String name, long ts) {
    Long before = newestTsByName.get(name);
    if (before != null && before >= ts) {
      return false;
    }
    newestTsByName.put(name, ts);
    return true;
  }
}
