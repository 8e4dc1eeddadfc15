package nara.cli;

/** What the exit codes of the commands mean. */
final class ExitCode {
  /** It is done. */
  static final int OK = 0;

  /** A defect of this program. */
  static final int DEFECT = 1;

  /** Bad usage or configuration; a sentence on stderr says what to do. */
  static final int USAGE = 2;

  /** {@code verify}: something would be refused. */
  static final int REFUSED = 3;

  /** {@code recover}: not everything that was offered is there. */
  static final int PARTIAL = 3;

  /** {@code recover}: nobody was there to recover from. */
  static final int ISOLATED = 4;

  private ExitCode() {}
}
