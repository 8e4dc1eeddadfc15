/** The messages and topics of the plaza, as they are on the wire. */
@MayKnow({"bus", "event", "event.json", "identity", "trust.verifier"})
package nara.mqtt.wire;

import nara.MayKnow;
