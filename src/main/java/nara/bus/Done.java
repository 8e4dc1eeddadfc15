package nara.bus;

/** The answer that says no more than that it was done. */
public record Done() implements BusMessage {
  /** The one there is. */
  public static final Done DONE = new Done();
}
