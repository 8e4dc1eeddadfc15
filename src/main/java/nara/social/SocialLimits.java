package nara.social;

import java.time.Duration;

/** The limits of this package. */
final class SocialLimits {
  private SocialLimits() {}

  /** Statuses that are kept: anybody can invent names, and each may take some kilobytes. */
  static final int MAX_STATUSES = 2_000;

  /** Characters of one text of a status that is kept. The reference's longest have about 60. */
  static final int MAX_STATUS_TEXT = 256;

  /** Characters of a trend that this node follows, for it repeats the name. */
  static final int MAX_TREND = 64;

  /** The reference's value. */
  static final Duration STEP_INTERVAL = Duration.ofSeconds(30);

  /** Newspapers come every five minutes at least. */
  static final Duration ONLINE_AFTER_STATUS = Duration.ofSeconds(330);

  /** Between two teases of one nara; the reference's value. */
  static final Duration TEASE_COOLDOWN = Duration.ofMinutes(5);

  /** The wait before a tease, so that not all naras tease at once; the reference's value. */
  static final Duration MAX_TEASE_DELAY = Duration.ofSeconds(5);

  /** No tease follows one of another nara for the same reason in this time. */
  static final Duration RECENT_TEASE = Duration.ofSeconds(30);

  /** Teases in all, each minute: after an outage everybody comes back at once. */
  static final int TEASES_PER_MINUTE = 6;

  /** Teases that wait for their turn. */
  static final int MAX_PENDING_TEASES = 50;

  /** Questions to the ledger at once about the restarts of naras. */
  static final int MAX_LEDGER_QUESTIONS = 4;

  /** Naras whose cooldowns and facts are remembered. */
  static final int MAX_TARGETS = 2_000;

  /** Teases of others that are remembered for 30 seconds: a bound on memory. */
  static final int MAX_RECENT_TEASES = 500;
}
