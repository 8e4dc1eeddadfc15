package nara.trust;

import java.util.List;
import nara.bus.BusMessage;
import nara.event.Event;

/** What the trust verticle tells of itself, to whoever wants to know what came into the ledger. */
public sealed interface TrustNotification extends BusMessage {
  /** Where it is told. */
  String ADDRESS = "nara.trust.notifications";

  /**
   * Announcements and goodbyes, judged valid, went into the ledger: where they say their makers are
   * is known by them, with or without a plaza.
   *
   * @param events hey-theres and chaus, in the order they came; perhaps old ones
   */
  record AnnouncementsMerged(List<Event> events) implements TrustNotification {}
}
