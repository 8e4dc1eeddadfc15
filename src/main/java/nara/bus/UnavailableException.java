package nara.bus;

/**
 * A verticle cannot serve a request at the moment, for example without a quorum. No internal error:
 * the bus does not log it, and the requester may retry elsewhere.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A sentence that says what is missing. */
  public UnavailableException(String message) {
    super(message, null, false, false);
  }
}
