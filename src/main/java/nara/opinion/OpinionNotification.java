package nara.opinion;

import nara.bus.BusMessage;

/** The notifications of the opinion verticle at {@link #ADDRESS}. */
public sealed interface OpinionNotification extends BusMessage {
  String ADDRESS = "nara.opinion.notifications";

  /**
   * A pass has ended; it may have failed.
   *
   * @param isLast whether the opinions now contain everything that the recovery brought
   */
  record PassEnded(int pass, boolean isLast) implements OpinionNotification {}
}
