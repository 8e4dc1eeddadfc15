package nara.trust;

import java.util.List;
import nara.bus.BusMessage;
import nara.event.Event;

/** The notifications of the trust verticle. */
public sealed interface TrustNotification extends BusMessage {
  /** The bus address of the notifications. */
  String ADDRESS = "nara.trust.notifications";

  /**
   * Valid hey-theres and chaus were merged. They tell who is online and where, also to a node
   * without a broker.
   *
   * @param events in the order received; some may be old
   * @param imported from a file of the owner: they are no sign of life, however new they are
   */
  record AnnouncementsMerged(List<Event> events, boolean imported) implements TrustNotification {
    /** Announcements that came from the network. */
    public AnnouncementsMerged(List<Event> events) {
      this(events, false);
    }
  }

  /**
   * Valid teases were merged.
   *
   * @param events in the order received; some may be old
   */
  record TeasesMerged(List<Event> events) implements TrustNotification {}
}
