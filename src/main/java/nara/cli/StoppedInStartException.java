package nara.cli;

/** The process was asked to end before its node had started. The node has stopped. */
final class StoppedInStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedInStartException() {
    super("stopped during the start");
  }
}
