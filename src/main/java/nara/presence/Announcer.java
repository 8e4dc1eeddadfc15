package nara.presence;

import java.time.Duration;
import java.time.Instant;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.json.EventWriter;
import nara.identity.Identity;

/** Signs this node's hey_there and chau events, and limits their rate. It sends nothing. */
public final class Announcer {
  private static final byte[] NONE = {};

  private final Identity me;
  private final Duration interval;
  private Instant lastAnnounced = Instant.MIN;
  private byte[] heyThere = NONE;
  private byte[] chau = NONE;

  Announcer(Identity me, Duration interval) {
    this.me = me;
    this.interval = interval;
  }

  /**
   * Signs a hey_there event and returns true, unless one is too recent or the goodbye was said.
   *
   * @param steadyNow now by a clock that nobody sets
   */
  boolean announce(Instant now, Instant steadyNow, String meshAddress) {
    if (chau.length > 0 || steadyNow.isBefore(lastAnnounced.plus(interval))) {
      return false;
    }
    lastAnnounced = steadyNow;
    heyThere = heyThere(me, Event.unixNanos(now), meshAddress);
    return true;
  }

  /** Signs the chau event, once; returns whether this call signed it. */
  boolean sayGoodbye(Instant now) {
    if (chau.length > 0) {
      return false;
    }
    heyThere = NONE;
    chau = chau(me, Event.unixNanos(now));
    return true;
  }

  /** The latest hey_there event; empty before the first one and after the goodbye. */
  byte[] heyThere() {
    return heyThere;
  }

  /** The chau event; empty before the goodbye. */
  byte[] chau() {
    return chau;
  }

  /**
   * A signed hey_there event.
   *
   * @param ts Unix nanoseconds
   * @param meshAddress this node's address on the mesh, or empty
   */
  public static byte[] heyThere(Identity me, long ts, String meshAddress) {
    String key = me.keys().publicKey().encoded();
    return EventWriter.writeSigned(me, ts, new HeyThere(me.name(), key, meshAddress, me.id(), ""));
  }

  /** A signed chau event; {@code ts} is in Unix nanoseconds. */
  public static byte[] chau(Identity me, long ts) {
    String key = me.keys().publicKey().encoded();
    return EventWriter.writeSigned(me, ts, new Chau(me.name(), key, me.id(), ""));
  }
}
