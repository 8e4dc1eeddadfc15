package nara.event;

/**
 * What can be said of one event that was offered. Better verdicts come first: of two forms of one
 * event the better one is kept.
 */
public enum Verdict {
  /** Signed by the key of its emitter, or backed by at least two distinct voters. */
  VALID("valid"),
  /** Well formed, and nobody claims to have signed it: ordinary, not hostile. */
  UNSIGNED("unsigned"),
  /** Signed, but nobody knows the emitter's key yet. */
  UNKNOWN_EMITTER("unknown_emitter"),
  /** A checkpoint with fewer than two valid distinct voters, all of whose keys are known. */
  UNBACKED_CHECKPOINT("unbacked_checkpoint"),
  /** The signature is not the emitter's over this content. */
  BAD_SIGNATURE("bad_signature"),
  /** More than ten minutes ahead of the clock. */
  FROM_THE_FUTURE("from_the_future"),
  /** The id is not the hash of the content. */
  BAD_ID("bad_id"),
  /** No event by the contract: broken JSON, wrong types, missing or impossible values. */
  MALFORMED("malformed");

  private final String label;

  Verdict(String label) {
    this.label = label;
  }

  /** The name in reports and on the command line. */
  public String label() {
    return label;
  }
}
