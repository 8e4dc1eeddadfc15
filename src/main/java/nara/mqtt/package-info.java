/**
 * The broker connection and MqttLedgerVerticle: announcements, howdies, newspapers and ledger
 * requests on the plaza.
 */
@MayKnow({
  "bounds",
  "bus",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mqtt.wire",
  "presence",
  "trust",
  "trust.verifier"
})
package nara.mqtt;

import nara.MayKnow;
