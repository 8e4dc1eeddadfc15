package nara.opinion;

import nara.bus.BusMessage;

/** What the opinion verticle tells at {@link #ADDRESS}. */
public sealed interface OpinionNotification extends BusMessage {
  /** Where it is told. */
  String ADDRESS = "nara.opinion.notifications";

  /**
   * A pass is over, well or badly.
   *
   * @param isLast whether it was the last one: what can be known from the recovery is known now
   */
  record PassEnded(int pass, boolean isLast) implements OpinionNotification {}
}
