/** The plaza's messages as on the wire, and its topics. */
@MayKnow({"bus", "event", "event.json", "identity", "profile", "trust.verifier"})
package nara.mqtt.wire;

import nara.MayKnow;
