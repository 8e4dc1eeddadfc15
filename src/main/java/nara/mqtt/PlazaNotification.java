package nara.mqtt;

import nara.bus.BusMessage;
import nara.profile.Status;

/** The notifications of {@link MqttLedgerVerticle} at {@link #ADDRESS}. */
public sealed interface PlazaNotification extends BusMessage {
  String ADDRESS = "nara.plaza.notifications";

  /**
   * Another nara published its status.
   *
   * @param name verified by the key of the nara
   * @param signed whether its signature covers the status: that of a newspaper does, that of a
   *     howdy does not
   */
  record StatusReceived(String name, Status status, boolean signed) implements PlazaNotification {}
}
