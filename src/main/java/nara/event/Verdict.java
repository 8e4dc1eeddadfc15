package nara.event;

import java.util.Locale;

/**
 * The result of judging an offered event. Better verdicts come first: of two forms of one event the
 * ledger keeps the better one.
 */
public enum Verdict {
  /** Signed by the key of its emitter, or backed by at least two distinct voters. */
  VALID,
  /** Well formed and without a signature: ordinary, not hostile. */
  UNSIGNED,
  /** Signed, but the key that decides is unknown or not certain. */
  UNKNOWN_EMITTER,
  /** A checkpoint without two valid distinct voters, whatever keys may still come. */
  UNBACKED_CHECKPOINT,
  /** The signature is not the emitter's over this content. */
  BAD_SIGNATURE,
  /** More than ten minutes ahead of the clock. */
  FROM_THE_FUTURE,
  /** The id is not the hash of the content. */
  BAD_ID,
  /** Breaks the wire contract: broken JSON, wrong types, missing or impossible values. */
  MALFORMED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in reports and on the command line. */
  public String label() {
    return label;
  }
}
