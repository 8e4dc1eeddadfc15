package nara.bus;

/** The reply to a request that has no result. */
public record Done() implements BusMessage {
  /** The only instance needed. */
  public static final Done DONE = new Done();
}
