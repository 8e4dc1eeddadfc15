package nara.cli.process;

/** The process was asked to end before its node had started. The node has stopped. */
public final class StoppedInStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedInStartException() {
    super("stopped during the start");
  }
}
