package nara.node;

/** A node cannot start. The message tells the operator the reason, and what to do. */
public final class NodeStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NodeStartException(String message) {
    super(message, null, false, false);
  }
}
