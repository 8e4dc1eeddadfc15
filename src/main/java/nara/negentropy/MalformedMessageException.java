package nara.negentropy;

/** The bytes are not a message of the protocol. The text says what is wrong with them. */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
