package nara.node;

/** A node could not be started, for a reason that its operator can mend; the message says which. */
public final class NodeStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NodeStartException(String sentence) {
    super(sentence, null, false, false);
  }
}
