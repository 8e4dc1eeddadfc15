package nara.cli;

/** The exit codes of the commands. */
public final class ExitCode {
  public static final int OK = 0;

  /** An internal error. */
  public static final int INTERNAL_ERROR = 1;

  /** Bad usage or configuration; a message on stderr says what to do. */
  public static final int USAGE = 2;

  /** {@code verify}: the policy would refuse an event, or the end of the file is missing. */
  public static final int REFUSED = 3;

  /** {@code recover}, {@code ledger export --from}: some offered events are missing. */
  public static final int PARTIAL = 3;

  /** {@code recover}, {@code ledger export --from}: no peer gave any response but errors. */
  public static final int ISOLATED = 4;

  /** The same: complete, but {@code --out} kept an existing file that has more events. */
  public static final int KEPT = 5;

  /** {@code run}: the node did not stop in time; its last snapshot may be missing. */
  public static final int NOT_STOPPED = 4;

  /** {@code journey}: it is not back after five minutes. */
  public static final int LOST = 3;

  /** {@code journey}: no nara took it. */
  public static final int NOT_TAKEN = 4;

  private ExitCode() {}
}
