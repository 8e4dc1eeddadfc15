package nara.ledger;

import java.util.List;
import nara.bus.BusMessage;
import nara.event.Event;

/** The notifications of the ledger verticle. */
public sealed interface LedgerNotification extends BusMessage {
  /** The bus address of the notifications. */
  String ADDRESS = "nara.ledger.notifications";

  /**
   * These events are new in the ledger. Published only after {@link
   * InspectionRequest.WatchAdditions}.
   *
   * @param events of one merge, without those that a limit removed at once
   */
  record EventsAdded(List<Event> events) implements LedgerNotification {}
}
