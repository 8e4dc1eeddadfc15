/**
 * The broker connection and MqttLedgerVerticle: announcements, howdies, newspapers and ledger
 * requests on the plaza.
 */
@MayKnow({
  "bounds",
  "bus",
  "clock",
  "event..",
  "identity",
  "ledger",
  "mqtt.wire",
  "presence",
  "profile",
  "trust.."
})
package nara.mqtt;

import nara.MayKnow;
