package nara.journey;

import java.time.Duration;

/** The limits of journeys, each with its reason. */
final class JourneyLimits {
  // Journeys from others.

  /** Bytes of an id. The reference panics at a shorter one, or ends when it times out. */
  static final int MIN_ID_BYTES = 8;

  /** Characters of an id; the reference's have 24. */
  static final int MAX_ID_LENGTH = 128;

  /** Characters of a message: four pages of text. The reference has no limit. */
  static final int MAX_MESSAGE_LENGTH = 8 * 1024;

  /** Hops of a journey: more than any network has naras online. */
  static final int MAX_HOPS = 1_000;

  /** Bytes of a journey: a hop has 200 bytes, 250 with a long name. */
  static final int MAX_BYTES = 256 * 1024;

  /** The age of a hop: the timeout of a journey, and as much again for the clocks. */
  static final Duration MAX_HOP_AGE = Duration.ofMinutes(10);

  /** How far a hop's time may be ahead: the clocks of two neighbours differ by 30 s at most. */
  static final Duration MAX_HOP_AHEAD = Duration.ofMinutes(2);

  /**
   * Journeys from one sender in a minute; all senders that are known from one host alone count as
   * one. Each journey is an event of this node and costs messages to everybody behind it.
   */
  static final int PER_MINUTE_AND_SENDER = 30;

  /**
   * Valid journeys from all senders of one standing in a minute: strangers do not use up others'
   * room.
   */
  static final int PER_MINUTE = 60;

  /** Journeys that this node signed and that are not back yet: as many as the rates allow. */
  static final int PENDING = 2_000;

  /** Journeys that are recognised when they come again; at the highest rates for 40 minutes. */
  static final int REMEMBERED = 10_000;

  // Keys of hops.

  /** Unknown names looked up for one journey. */
  static final int LOOKUPS_PER_JOURNEY = 8;

  /** Lookups in flight. Names are free, so they must not cause many requests. */
  static final int LOOKUPS_IN_FLIGHT = 32;

  /**
   * Lookups in a minute for one sender, as it counts for its journeys; for the plaza as a whole.
   */
  static final int LOOKUPS_PER_MINUTE = 32;

  /** Peers asked for one key. */
  static final int PEERS_PER_LOOKUP = 16;

  /** For a lookup; the sender of the journey gives up after 5 s. */
  static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(2);

  /** A failed lookup is not repeated for this time. */
  static final Duration LOOKUP_RETRY_DELAY = Duration.ofSeconds(30);

  /** Failed lookups remembered. */
  static final int FAILED_LOOKUPS = 1_024;

  // Sending.

  /**
   * For the next nara to take a journey. The reference answers when all behind it have answered;
   * each of its requests ends after 5 s.
   */
  static final Duration RELAY_TIMEOUT = Duration.ofSeconds(10);

  /** A journey that is not complete by then is lost, by the wire contract. */
  static final Duration TIMEOUT = Duration.ofMinutes(5);

  /** Between two checks for lost journeys, by the wire contract. */
  static final Duration TIMEOUT_CHECK = Duration.ofSeconds(30);

  // Own journeys.

  /** Journeys that the operator may start in a minute. */
  static final int STARTS_PER_MINUTE = 20;

  /** Own journeys that are kept, as in the reference: all of the last five minutes. */
  static final int KEPT = 100;

  /** Completions from the plaza whose hops are being verified. */
  static final int COMPLETIONS_IN_FLIGHT = 32;

  private JourneyLimits() {}
}
