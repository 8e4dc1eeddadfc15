package nara.simulation.adversary;

import java.util.List;
import nara.event.Event;
import nara.identity.PublicKey;

/**
 * What a hostile peer knows: everything but the secrets of others.
 *
 * @param naras all honest ones
 * @param addresses of the honest nodes, {@code host:port}
 * @param history events that honest naras signed
 * @param startNanos when the simulation starts, Unix nanoseconds
 */
public record Surroundings(
    List<Nara> naras, List<String> addresses, List<Event> history, long startNanos) {
  /** An honest nara. */
  public record Nara(String name, String id, PublicKey key) {}

  /** Nanoseconds of so many seconds before the start. */
  public long secondsAgo(long seconds) {
    return startNanos - seconds * 1_000_000_000L;
  }

  /** The same in Unix seconds. */
  public long startSeconds() {
    return startNanos / 1_000_000_000L;
  }
}
