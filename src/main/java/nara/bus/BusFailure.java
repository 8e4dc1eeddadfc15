package nara.bus;

/** Why a request over the bus failed: the closed list of codes that a failed reply carries. */
public enum BusFailure {
  /** Nobody is there to answer, or it did not answer in time. */
  UNREACHABLE(1),
  /** The answering verticle is stopping. */
  STOPPING(2),
  /** The answering verticle failed: a defect, logged where it happened. */
  DEFECT(3),
  /** What was asked cannot be done for the time being, and whoever can mend that knows. */
  UNAVAILABLE(4);

  private final int code;

  BusFailure(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
