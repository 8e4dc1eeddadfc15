package nara.event;

/** Limits of one event from the network, checked before or while it is parsed. */
public final class EventLimits {
  /**
   * Bytes of one event's JSON. The largest honest one is a checkpoint: ten voters, whose ids and
   * signatures take 140 bytes each, and names make 2 KB. Even {@link #MAX_VOTERS} take 9 KB.
   */
  public static final int MAX_EVENT_BYTES = 16 * 1024;

  /** Bytes of white space and unknown fields that an event keeps; all are dropped beyond it. */
  public static final int MAX_PADDING_BYTES = 128;

  /** Nesting of one event's JSON. Honest ones have 3 levels; unknown fields may bring some more. */
  public static final int MAX_DEPTH = 32;

  /** Digits of a number. The longest honest one, a subnormal rtt in decimal, has under 400. */
  public static final int MAX_NUMBER_LENGTH = 1_000;

  /** Characters of a name, an id or any other text in an event. */
  public static final int MAX_TEXT_LENGTH = 1_024;

  /** Voters of one checkpoint. The protocol collects at most ten. */
  public static final int MAX_VOTERS = 64;

  private EventLimits() {}
}
