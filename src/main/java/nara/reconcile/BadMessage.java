package nara.reconcile;

/** Bytes that are no message of the protocol; the message of this says what is wrong with them. */
public final class BadMessage extends Exception {
  private static final long serialVersionUID = 1L;

  BadMessage(String message) {
    super(message, null, false, false);
  }
}
