package nara.ledger.retention;

import java.util.Locale;

/** The limit that removed an event from the ledger, or kept a new one out. */
public enum PruneReason {
  /** The limit of a kind: pings of a target, observations of a pair. */
  KIND_LIMIT,
  /** The maximum number of events. */
  MAX_EVENTS,
  /** The maximum size, or the hard limit for events that may exceed the maximum number. */
  MAX_BYTES;

  /** The name in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
