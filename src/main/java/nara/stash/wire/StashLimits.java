package nara.stash.wire;

import java.time.Duration;

/**
 * The limits of the stash, each with its reason. The reference has no limit of size, and accepts
 * messages of any age.
 */
public final class StashLimits {
  // Sizes.

  /**
   * Bytes of one ciphertext that a confidant keeps. The essentials of a nara take 14 KiB at most,
   * so this leaves room for a file of the operator. Fifty owners then take 3 MiB.
   */
  public static final int CIPHERTEXT_BYTES = 64 * 1024;

  /** Bytes of the operator's own data: with the essentials, in Base64, it fits a ciphertext. */
  public static final int DATA_BYTES = 32 * 1024;

  /** Bytes of one message: a ciphertext in Base64, and 4 KiB for the other fields. */
  public static final int MESSAGE_BYTES = (CIPHERTEXT_BYTES + 2) / 3 * 4 + 4 * 1024;

  /** Replies in one response: a request has one. */
  public static final int REPLIES = 4;

  /** Characters of an id, a name or a timestamp; usual ones have at most 44. */
  public static final int TEXT_CHARACTERS = 1_024;

  // The confidant.

  /** Owners that a node of little memory keeps a stash for: the reference's number. */
  public static final int OWNERS_SHORT = 5;

  /** The same with memory medium: the reference's number. */
  public static final int OWNERS_MEDIUM = 20;

  /** The same with memory hog: the number that the reference means for its largest mode. */
  public static final int OWNERS_HOG = 50;

  /** A stash that its owner did not renew for so long makes room for others. */
  public static final Duration ABANDONED_AFTER = Duration.ofDays(30);

  /** Between two unasked responses to one owner: the reference sends tens in seconds. */
  public static final Duration PUSH_INTERVAL = Duration.ofMinutes(1);

  /**
   * After this time a push that failed is repeated, once: an owner refuses senders whose key it
   * does not know, and it learns the keys of its neighbours in the seconds after its start.
   */
  public static final Duration PUSH_RETRY = Duration.ofSeconds(10);

  /**
   * How far the time of a message may be from ours. The header signature allows 30 s; a message may
   * wait for a slow link.
   */
  public static final Duration MESSAGE_AGE = Duration.ofMinutes(2);

  /** Messages remembered against replays: 34 in each second of the time above. */
  public static final int REMEMBERED_MESSAGES = 4_096;

  /** Messages that are verified at once. Others are dropped, and their senders retry. */
  public static final int MESSAGES_AT_ONCE = 32;

  // The owner.

  /** Confidants of one owner: the reference's number. */
  public static final int CONFIDANTS = 3;

  /** For a confidant to reply. The reference waits twice as long; a slow confidant is no help. */
  public static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  /** Neighbours asked for the own stash in one pass: 64 requests of 600 bytes. */
  public static final int ASKED_IN_A_PASS = 64;

  /** Of these, in flight: the boot recovery needs the connections too. */
  public static final int ASKED_AT_ONCE = 8;

  /** Candidates tried in one pass until three agree. */
  public static final int CANDIDATES_IN_A_PASS = 12;

  /** Checks in a row that a confidant may miss: it may just restart. */
  public static final int MISSED_CHECKS = 2;

  /**
   * Between two missed checks that count. After a start, passes follow each other in seconds, while
   * discovery still looks for the neighbours.
   */
  public static final Duration BETWEEN_MISSED_CHECKS = Duration.ofMinutes(1);

  /** Between the first passes after a start; each further one doubles it. */
  public static final Duration FIRST_RETRY = Duration.ofSeconds(5);

  /** Neighbours in the essentials: 220 bytes each. */
  public static final int KNOWN_NARAS = 64;

  /** A neighbour that was not seen for so long leaves the essentials. */
  public static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);

  private StashLimits() {}
}
