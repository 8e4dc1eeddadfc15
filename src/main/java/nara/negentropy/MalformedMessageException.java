package nara.negentropy;

/** Bytes that are no message of the protocol; the message of this says what is wrong with them. */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
