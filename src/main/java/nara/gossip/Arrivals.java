package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.identity.PublicKey;
import nara.plaza.Presence;

/**
 * What announcements in the ledger say of who is there, so that naras find each other without a
 * plaza. Of each nara the newest word counts, in whatever order they come.
 */
final class Arrivals {
  /**
   * Up to this age an announcement says that its maker is there; an older one only where it was.
   */
  static final Duration FRESH = Duration.ofHours(1);

  /** Naras whose last word is remembered; over it the ones longest not heard of go. */
  private static final int MOST = 10_000;

  private final String me;
  private final Map<String, Long> newest =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  Arrivals(String me) {
    this.me = me;
  }

  /** Who came and who went, by these events. */
  List<Presence> by(List<Event> events, Instant now) {
    List<Presence> told = new ArrayList<>();
    for (Event event : events) {
      presence(event, now).filter(news -> newer(news.name(), event.ts())).ifPresent(told::add);
    }
    return told;
  }

  private Optional<Presence> presence(Event event, Instant now) {
    Presence presence =
        switch (event.payload()) {
          case HeyThere hello ->
              new Presence.Present(
                  hello.from(),
                  hello.id(),
                  hello.meshIp(),
                  PublicKey.parse(hello.publicKey()),
                  event.ts() > Event.nanos(now.minus(FRESH)));
          case Chau goodbye -> new Presence.Left(goodbye.from());
          default -> null;
        };
    return Optional.ofNullable(presence).filter(news -> !news.name().equals(me));
  }

  private boolean newer(String name, long ts) {
    Long before = newest.get(name);
    if (before != null && before >= ts) {
      return false;
    }
    newest.put(name, ts);
    return true;
  }
}
